using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.Benchmarks.Platform;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>Requests of one route, built beforehand: sending one costs no more than copying its bytes.</summary>
internal abstract class IntakeRequests(Uri address, string route)
{
    /// <summary>Bytes of the longest request.</summary>
    public const int Longest = 4096;

    public Uri Address => address;

    public string Route => route;

    /// <summary>Writes the next request of some trader.</summary>
    /// <returns>Its length.</returns>
    public abstract int Write(int trader, Span<byte> buffer);

    /// <summary>Whether an answer says that the order was taken in.</summary>
    public abstract bool IsAcceptance(ReadOnlySpan<byte> response);

    protected byte[] Build(string header, ReadOnlySpan<byte> body)
    {
        var head = $"POST {route} HTTP/1.1\r\nHost: {address.Authority}\r\n{header}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}

/// <summary>Orders by hand: one unit, always the same.</summary>
internal sealed class TradeOrders : IntakeRequests
{
    private readonly byte[][] _requests;

    /// <param name="address">The public port.</param>
    /// <param name="traders">Who orders.</param>
    /// <param name="type"><c>market</c> or <c>limit</c>.</param>
    public TradeOrders(Uri address, IEnumerable<Trader> traders, string type)
        : base(address, "/trade/orders")
    {
        var limit = type == "limit" ? string.Create(CultureInfo.InvariantCulture, $",\"limit_price\":\"{BarFeed.Price}\"") : "";
        var body = Encoding.ASCII.GetBytes(
            $$"""{"symbol":"{{BarFeed.Symbol}}","qty":"1","side":"buy","type":"{{type}}","time_in_force":"day"{{limit}}}""");
        _requests = [.. traders.Select(trader => Build($"Authorization: Bearer {trader.Token}", body))];
    }

    public override int Write(int trader, Span<byte> buffer)
    {
        _requests[trader].CopyTo(buffer);
        return _requests[trader].Length;
    }

    public override bool IsAcceptance(ReadOnlySpan<byte> response) => response.StartsWith("HTTP/1.1 201 "u8);
}

/// <summary>Signals of running sessions, each with an id of its own.</summary>
internal sealed class ExecuteSignals : IntakeRequests
{
    // All later numbers have as many digits, so that they fit in its place.
    private const long FirstSeq = 1_000_000_000;

    private readonly Trader[] _traders;
    private readonly byte[][] _requests;
    private readonly int[] _idsAt;
    private readonly int[] _seqsAt;
    private long _seq = FirstSeq;

    /// <param name="address">The internal port.</param>
    /// <param name="traders">Whose sessions signal.</param>
    /// <param name="type"><c>market</c> or <c>limit</c>.</param>
    /// <param name="opens">Market time of the signals.</param>
    public ExecuteSignals(Uri address, Trader[] traders, string type, DateTimeOffset opens)
        : base(address, "/internal/execute")
    {
        _traders = traders;
        _requests = [.. traders.Select(trader => Build(
            $"{InternalHeaders.ServiceKey}: {MeasuredApplication.InternalKey}",
            JsonSerializer.SerializeToUtf8Bytes(
                new ExecuteSignal(
                    Guid.AllBitsSet, trader.Session, trader.Strategy, BarFeed.Symbol, Side.Buy, 1, 1, Trader.LeaseEpoch, SessionEventKind.Bar, FirstSeq, 0,
                    opens, OrderType: type, LimitPrice: type == "limit" ? BarFeed.Price : null),
                ContractsJson.Default.ExecuteSignal)))];
        _idsAt = [.. _requests.Select(request => request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Guid.AllBitsSet.ToString())))];
        _seqsAt = [.. _requests.Select(request => request.AsSpan().IndexOf(Encoding.ASCII.GetBytes($":{FirstSeq}")) + 1)];
    }

    public override int Write(int trader, Span<byte> buffer)
    {
        var seq = Interlocked.Increment(ref _seq);
        var request = _requests[trader];
        request.CopyTo(buffer);
        Utf8Formatter.TryFormat(SignalIds.Derive(_traders[trader].Session, SessionEventKind.Bar, seq, 0), buffer[_idsAt[trader]..], out _);
        Utf8Formatter.TryFormat(seq, buffer[_seqsAt[trader]..], out _);
        return request.Length;
    }

    public override bool IsAcceptance(ReadOnlySpan<byte> response) =>
        response.StartsWith("HTTP/1.1 200 "u8) && response.IndexOf("\"ACCEPTED\""u8) >= 0;
}
