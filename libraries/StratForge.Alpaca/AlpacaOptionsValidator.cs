using Microsoft.Extensions.Options;

namespace StratForge.Alpaca;

/// <summary>Refuses settings with which the platform must not start: incomplete ones, and any that could reach real money.</summary>
internal sealed class AlpacaOptionsValidator : IValidateOptions<AlpacaOptions>
{
    private const string PaperHost = "paper-api.alpaca.markets";

    public ValidateOptionsResult Validate(string? name, AlpacaOptions options)
    {
        var faults = new List<string>();

        if (string.IsNullOrWhiteSpace(options.ApiKey) || string.IsNullOrWhiteSpace(options.SecretKey))
        {
            faults.Add("Broker:ApiKey and Broker:SecretKey (or ALPACA_API_KEY and ALPACA_SECRET_KEY) are required.");
        }

        CheckUrl(faults, "Broker:TradingUrl", options.TradingUrl, "http", "https");
        CheckUrl(faults, "Broker:DataUrl", options.DataUrl, "http", "https");
        CheckUrl(faults, "Broker:DataStreamUrl", options.DataStreamUrl, "http", "https", "ws", "wss");

        if (IsAlpaca(options.TradingUrl))
        {
            if (!string.Equals(HostOf(options.TradingUrl), PaperHost, StringComparison.Ordinal))
            {
                faults.Add($"Broker:TradingUrl must be https://{PaperHost} or a simulated exchange: this platform trades on paper only.");
            }

            if (options.ApiKey.StartsWith("AK", StringComparison.Ordinal))
            {
                faults.Add("Broker:ApiKey is the key of a real-money account (AK...); use a paper key (PK...).");
            }
        }

        foreach (var (key, url) in new[]
        {
            ("Broker:TradingUrl", options.TradingUrl), ("Broker:DataUrl", options.DataUrl), ("Broker:DataStreamUrl", options.DataStreamUrl),
        })
        {
            if (IsAlpaca(url) && url.Scheme is not ("https" or "wss"))
            {
                faults.Add($"{key} must use TLS: the keys travel with every request.");
            }
        }

        if (!IsPathSegment(options.StockFeed) || !IsPathSegment(options.CryptoLocation))
        {
            faults.Add("Broker:StockFeed and Broker:CryptoLocation are names such as iex and us.");
        }

        if (options.RequestsPerMinute is < 0 or > 100_000)
        {
            faults.Add("Broker:RequestsPerMinute must lie between 0 (no limit) and 100000.");
        }

        if (options.RequestTimeout < TimeSpan.FromMilliseconds(100) || options.RequestTimeout > TimeSpan.FromMinutes(5))
        {
            faults.Add("Broker:RequestTimeout must lie between 100 ms and 5 min.");
        }

        if (options.ReconnectAfter <= TimeSpan.Zero || options.ReconnectAfterAtMost < options.ReconnectAfter
            || options.ReconnectAfterAtMost > TimeSpan.FromMinutes(10))
        {
            faults.Add("Broker:ReconnectAfter must be above zero and at most Broker:ReconnectAfterAtMost, which is at most 10 min.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckUrl(List<string> faults, string key, Uri? url, params ReadOnlySpan<string> schemes)
    {
        if (url is not { IsAbsoluteUri: true } || !schemes.Contains(url.Scheme))
        {
            faults.Add($"{key} must be an absolute address ({string.Join(", ", schemes.ToArray())}).");
        }
    }

    /// <summary>Whether an address is one of Alpaca's own.</summary>
    public static bool IsAlpaca(Uri? url) =>
        url is { IsAbsoluteUri: true }
        && (HostOf(url) is "alpaca.markets" || HostOf(url).EndsWith(".alpaca.markets", StringComparison.Ordinal));

    // A trailing dot names the same host and must not get around the rule.
    private static string HostOf(Uri url) => url.IdnHost.TrimEnd('.').ToLowerInvariant();

    private static bool IsPathSegment(string value) =>
        value.Length is > 0 and <= 32 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
