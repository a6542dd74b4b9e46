using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Market;
using StratForge.Gateway.Streams.Bus;

namespace StratForge.Gateway.Tests.Market;

public sealed class QuoteReaderTests
{
    private const string Symbol = "BTC/USD";
    private static readonly DateTimeOffset Time = new(2026, 1, 5, 15, 30, 0, 123, 456, TimeSpan.Zero);
    private static readonly byte[] Published = JsonSerializer.SerializeToUtf8Bytes(
        new QuoteTick(Symbol, 100.25m, 300, 100.27m, 200, Time), ContractsJson.Default.QuoteTick);

    [Fact]
    public void What_the_ingestor_publishes_is_a_price()
    {
        Assert.True(QuoteReader.TryRead(Published, Symbol, out var price));

        Assert.Equal(new LastPrice(Symbol, 100.26m, Time, 100.25m, 100.27m), price);
    }

    [Theory]
    [InlineData("""{"symbol":"ETH/USD","bidPrice":1,"askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"bidPrice":1,"askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"askPrice":2}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"askPrice":2,"timestamp":"yesterday"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":0,"askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"askPrice":-2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"askPrice":1e15,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":1,"askPrice":1e40,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":{"bidPrice":1},"askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":"BTC/USD","bidPrice":[1],"askPrice":2,"timestamp":"2026-01-05T15:30:00Z"}""")]
    [InlineData("""{"symbol":["BTC/USD"],"bidPrice":1,"askPrice":2,"timestamp":{"timestamp":"2026-01-05T15:30:00Z"}}""")]
    public void What_is_no_quote_of_the_symbol_goes_to_clients_and_is_no_price(string message)
    {
        Assert.True(QuoteReader.TryRead(Encoding.UTF8.GetBytes(message), Symbol, out var price));

        Assert.Null(price);
    }

    [Fact]
    public void A_spoilt_message_is_whole_or_not_as_any_other_message_is()
    {
        var spoilt =
            from changes in (from at in Gen.Choose(0, Published.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value)).ListOf(2)
            from length in Gen.Frequency((4, Gen.Constant(Published.Length)), (1, Gen.Choose(0, Published.Length)))
            select Change(changes, length);

        Prop.ForAll(Arb.From(spoilt), message => QuoteReader.TryRead(message, Symbol, out _) == BusReader.IsObject(message)).QuickCheckThrowOnFailure();
    }

    private static byte[] Change(IEnumerable<(int At, byte Value)> changes, int length)
    {
        var message = Published.ToArray();
        foreach (var (at, value) in changes)
        {
            message[at] = value;
        }

        return message[..length];
    }
}
