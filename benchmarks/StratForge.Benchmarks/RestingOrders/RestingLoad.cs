using System.Globalization;
using System.Text;
using StratForge.Benchmarks.OrderIntake;
using StratForge.Benchmarks.Platform;
using StratForge.Benchmarks.Streams;

namespace StratForge.Benchmarks.RestingOrders;

/// <summary>Orders that wait for a price which never comes.</summary>
/// <param name="address">The gateway.</param>
/// <param name="traders">Whose they are, in turn.</param>
/// <param name="termsOf">What the one of a number asks for, as members of its JSON.</param>
internal sealed class RestingLoad(Uri address, IReadOnlyList<Trader> traders, Func<int, string> termsOf)
{
    private const int Connections = 16;

    // In the symbol that others trade, and in all that are quoted but the last.
    private const int Symbols = StreamMessages.Symbols;

    private int _placed;

    /// <summary>Purchases in fifty symbols, half of them below the market with a limit, half above it with a stop.</summary>
    public static RestingLoad OnBothSides(Uri address, IReadOnlyList<Trader> traders) => new(address, traders, static number =>
    {
        var symbol = number % Symbols;
        var (name, price) = symbol == 0 ? (BarFeed.Symbol, BarFeed.Price) : (StreamMessages.AllSymbols[symbol - 1], StreamMessages.AskPrice);
        return number / Symbols % 2 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"\"symbol\":\"{name}\",\"type\":\"limit\",\"limit_price\":\"{price * 0.8m:F2}\"")
            : string.Create(CultureInfo.InvariantCulture, $"\"symbol\":\"{name}\",\"type\":\"stop\",\"stop_price\":\"{price * 1.2m:F2}\"");
    });

    /// <summary>Trailing stops to buy in one symbol, each so far from the market that it is never reached.</summary>
    public static RestingLoad Trailing(Uri address, IReadOnlyList<Trader> traders, string symbol) =>
        new(address, traders, _ => $"\"symbol\":\"{symbol}\",\"type\":\"trailing_stop\",\"trail_percent\":\"50\"");

    /// <summary>Places more of them, until there are so many, spread evenly over symbols and users.</summary>
    /// <exception cref="InvalidOperationException">One was not accepted; the message holds the answer.</exception>
    public async Task PlaceAsync(int upTo)
    {
        var next = _placed - 1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var connection = new LoadConnection(address);
                for (var number = Interlocked.Increment(ref next); number < upTo; number = Interlocked.Increment(ref next))
                {
                    var answer = connection.Exchange(RequestOf(number));
                    if (!answer.StartsWith("HTTP/1.1 201 "u8))
                    {
                        throw new InvalidOperationException($"An order that is to rest was not accepted: {Encoding.UTF8.GetString(answer)}");
                    }
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        _placed = upTo;
    }

    private byte[] RequestOf(int number)
    {
        var body = $$"""{"qty":"1","side":"buy","time_in_force":"gtc",{{termsOf(number)}}}""";
        return Encoding.ASCII.GetBytes(
            $"POST /trade/orders HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {traders[number % traders.Count].Token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
