using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace StratForge.Alpaca.Tests;

public sealed class AlpacaOptionsTests
{
    [Theory]
    [InlineData("https://api.alpaca.markets")]
    [InlineData("https://API.Alpaca.Markets/")]
    [InlineData("https://api.alpaca.markets.")]
    [InlineData("https://broker-api.alpaca.markets")]
    public void A_host_that_trades_real_money_is_refused(string tradingUrl)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["Broker:TradingUrl"] = tradingUrl }));

        Assert.Contains("paper only", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Broker:ApiKey", "AKLIVEKEY", "real-money account")]
    [InlineData("Broker:ApiKey", "", "are required")]
    [InlineData("Broker:TradingUrl", "http://paper-api.alpaca.markets", "TLS")]
    [InlineData("Broker:DataStreamUrl", "ftp://stream.data.alpaca.markets", "absolute address")]
    [InlineData("Broker:RequestsPerMinute", "-1", "RequestsPerMinute")]
    [InlineData("Broker:StockFeed", "../v2/account", "StockFeed")]
    [InlineData("Broker:ReconnectAfterAtMost", "00:00:00.001", "ReconnectAfter")]
    public void A_wrong_setting_is_refused_with_its_name(string key, string value, string says)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind(new() { [key] = value }));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_alpacas_paper_account()
    {
        var options = Bind([]);

        Assert.Equal(new Uri("https://paper-api.alpaca.markets"), options.TradingUrl);
        Assert.Equal(new Uri("wss://paper-api.alpaca.markets/stream"), options.TradeUpdatesUrl);
        Assert.Equal(new Uri("wss://stream.data.alpaca.markets/v2/iex"), options.StockStreamUrl);
        Assert.Equal(new Uri("wss://stream.data.alpaca.markets/v1beta3/crypto/us"), options.CryptoStreamUrl);
        Assert.Equal(200, options.RequestsPerMinute);
    }

    [Fact]
    public void Streams_of_a_plain_address_are_plain_too()
    {
        var options = Bind(new() { ["Broker:TradingUrl"] = "http://127.0.0.1:4711", ["Broker:DataStreamUrl"] = "http://127.0.0.1:4711/" });

        Assert.Equal(new Uri("ws://127.0.0.1:4711/stream"), options.TradeUpdatesUrl);
        Assert.Equal(new Uri("ws://127.0.0.1:4711/v2/iex"), options.StockStreamUrl);
    }

    [Fact]
    public void Keys_may_come_from_alpacas_own_variables()
    {
        var options = Bind(new()
        {
            ["Broker:ApiKey"] = null, ["Broker:SecretKey"] = null, ["ALPACA_API_KEY"] = "PKFALLBACK", ["ALPACA_SECRET_KEY"] = "other",
        });

        Assert.Equal("PKFALLBACK", options.ApiKey);
        Assert.Equal("other", options.SecretKey);
    }

    [Fact]
    public void The_text_of_the_settings_shows_no_key()
    {
        var text = Bind([]).ToString();

        Assert.DoesNotContain("PKTEST", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
    }

    private static AlpacaOptions Bind(Dictionary<string, string?> settings)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Broker:ApiKey"] = "PKTEST", ["Broker:SecretKey"] = "hush" };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var services = new ServiceCollection().AddLogging().AddAlpaca(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<AlpacaOptions>>().Value;
    }
}
