using System.Globalization;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Which orders <c>GET /v2/orders</c> is asked for.</summary>
internal sealed record OrderFilter
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    private bool? _open = true;
    private int _limit = DefaultLimit;
    private DateTimeOffset? _after;
    private DateTimeOffset? _until;
    private Guid? _afterId;
    private Guid? _beforeId;
    private bool _ascending;
    private HashSet<string>? _symbols;
    private Side? _side;
    private HashSet<string>? _classes;
    private bool _nested;

    /// <summary>Reads the query; unknown keys are ignored, as Alpaca does.</summary>
    public static (OrderFilter? Filter, Refusal? Refusal) Read(IQueryCollection query)
    {
        var filter = new OrderFilter();
        string Text(string key) => query[key].ToString();

        switch (Text("status"))
        {
            case "" or "open":
                break;
            case "closed":
                filter._open = false;
                break;
            case "all":
                filter._open = null;
                break;
            case var unknown:
                return (null, Refusals.Parameter($"invalid status: {unknown}"));
        }

        if (Text("limit") is { Length: > 0 } limit
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out filter._limit) || filter._limit is < 1 or > MaxLimit))
        {
            return (null, Refusals.Parameter($"limit must be between 1 and {MaxLimit}"));
        }

        if (!QueryTimes.Instant(Text("after"), out filter._after) || !QueryTimes.Instant(Text("until"), out filter._until))
        {
            return (null, Refusals.Parameter("after and until must be RFC 3339 timestamps"));
        }

        if (!Id(Text("after_order_id"), out filter._afterId) || !Id(Text("before_order_id"), out filter._beforeId))
        {
            return (null, Refusals.Parameter("after_order_id and before_order_id must be order ids"));
        }

        if ((filter._afterId is not null && filter._beforeId is not null)
            || ((filter._afterId ?? filter._beforeId) is not null && (filter._after ?? filter._until) is not null))
        {
            return (null, Refusals.Parameter("after_order_id, before_order_id and after/until are mutually exclusive"));
        }

        filter._ascending = Text("direction") == "asc";
        filter._side = Text("side") switch { "buy" => Side.Buy, "sell" => Side.Sell, _ => null };
        filter._symbols = List(query["symbols"]);
        filter._classes = List(query["asset_class"]);
        filter._nested = IsNested(query);
        return (filter, null);
    }

    /// <summary>Whether legs are to be shown inside their parents.</summary>
    public static bool IsNested(IQueryCollection query) => string.Equals(query["nested"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The orders it admits, in its direction, at most as many as its limit. When nested, a parent carries its legs; a leg whose parent is not admitted,
    /// like an open exit of a filled entry, keeps a row of its own.
    /// </summary>
    public (IReadOnlyList<(Order Order, IReadOnlyList<Order>? Legs)>? Orders, Refusal? Refusal) Select(AccountBook book, PriceSource prices)
    {
        if ((_afterId ?? _beforeId) is { } cursor && book.PlaceOf(cursor) is null)
        {
            return (null, Refusals.NotFound($"order not found for {cursor}"));
        }

        // A leg that its parent shows belongs to the page of the parent, wherever the cut is.
        return ([.. Candidates(book)
            .Where(order => Admits(order, prices) && !(_nested && order.ParentId is { } parent && Admits(book.Find(parent)!, prices)))
            .Take(_limit)
            .Select(order => (order, _nested && order.HasLegs ? book.LegsOf(order.Id) : null))], null);
    }

    // By place and not by time: a parent and its legs have the same instant.
    private IEnumerable<Order> Candidates(AccountBook book)
    {
        // Open orders are few among many: who turns no pages looks among them only.
        if (_open == true && (_afterId ?? _beforeId) is null)
        {
            var open = book.AllOpen();
            return _ascending ? open : Enumerable.Reverse(open);
        }

        var first = _afterId is { } afterId ? book.PlaceOf(afterId).GetValueOrDefault() + 1 : 0;
        var end = _beforeId is { } beforeId ? book.PlaceOf(beforeId).GetValueOrDefault() : book.Submitted.Count;
        return Enumerable.Range(0, end - first).Select(index => book.Find(book.Submitted[_ascending ? first + index : end - 1 - index])!);
    }

    private bool Admits(Order order, PriceSource prices)
    {
        var instrument = prices.Find(order.Symbol)!;
        return (_open is null || order.IsOpen == _open)
            && (_after is null || order.SubmittedAt > _after)
            && (_until is null || order.SubmittedAt < _until)
            && (_side is null || order.Side == _side)
            && (_symbols is null || _symbols.Contains(instrument.Symbol) || _symbols.Contains(instrument.CompactSymbol))
            && (_classes is null || _classes.Contains("all") || _classes.Contains(instrument.WireClass));
    }

    private static HashSet<string>? List(Microsoft.Extensions.Primitives.StringValues values)
    {
        var parts = values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet();
        return parts.Count > 0 ? parts : null;
    }

    private static bool Id(string text, out Guid? id)
    {
        id = Guid.TryParse(text, out var parsed) ? parsed : null;
        return text.Length == 0 || id is not null;
    }
}
