using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>The trailing stops of one symbol and side, by the best price they have seen: a new best price costs by how many such prices it passes, not by
/// how many orders there are.</summary>
/// <remarks>Older lines have seen more, so the price of each is better than that of the next: a new best passes the youngest ones, and they become one. The
/// number of a line is never given again while an order remembers it.</remarks>
/// <param name="symbol">The symbol.</param>
/// <param name="side">Direction of the orders.</param>
/// <param name="byAge">Which of two orders is the older.</param>
/// <param name="touch">Told of lines that change.</param>
internal sealed class TrailingStops(string symbol, Side side, Comparer<Order> byAge, Action<ITracked> touch)
{
    private static readonly Comparer<Waterline> s_oldestFirst = Comparer<Waterline>.Create(static (one, other) => one.Seq.CompareTo(other.Seq));

    private readonly List<Waterline> _lines = [];
    private readonly PriceLadder<Waterline> _stops = new(highestFirst: side == Side.Sell, s_oldestFirst);

    // While a unit of work is being undone an order may be back before its line.
    private readonly HashSet<Order> _homeless = [];
    private long _lastSeq;

    public string Symbol => symbol;

    public Side Side => side;

    public Comparer<Order> ByAge => byAge;

    /// <summary>The stop that a turning market comes to first, USD.</summary>
    public decimal? FirstStop => _stops.First;

    /// <summary>What a new best price has to pass first, USD.</summary>
    public decimal? FirstWater => _lines.Count > 0 ? _lines[^1].Price : null;

    /// <summary>Brings a line in as it is stored, before its orders.</summary>
    public void Restore(long seq, decimal price)
    {
        _lines.Add(new Waterline(this, seq, price, isWritten: true));
        _lines.Sort(s_oldestFirst);
        _lastSeq = long.Max(_lastSeq, seq);
    }

    /// <summary>Lets the lines follow a price.</summary>
    public void Follow(decimal price)
    {
        var first = _lines.Count;
        while (first > 0 && IsBetter(price, _lines[first - 1].Price))
        {
            first--;
        }

        if (first == _lines.Count)
        {
            return;
        }

        // Those it passes are one from now on: with the line that had seen as much before, if there is one, else with their oldest.
        var line = first > 0 && _lines[first - 1].Price == price ? _lines[first - 1] : _lines[first];
        while (_lines[^1] != line)
        {
            var passed = _lines[^1];
            line.TakeOver(passed);
            Drop(passed);
        }

        if (line.Price != price)
        {
            line.Move(price);
            touch(line);
        }

        Rank(line);
    }

    /// <summary>What an order has to remember that begins to follow at a price. The lines have followed it.</summary>
    public long Join(decimal price)
    {
        if (_lines.Count == 0 || _lines[^1].Price != price)
        {
            _lines.Add(new Waterline(this, ++_lastSeq, price, isWritten: false));
            touch(_lines[^1]);
        }

        return _lines[^1].Seq;
    }

    /// <summary>Those whose stop a price reaches. They must not change meanwhile.</summary>
    public IEnumerable<Order> ReachedBy(decimal price) => _stops.UpTo(price).SelectMany(line => line.Orders.ReachedBy(price));

    public void Add(Order order)
    {
        var since = order.Now.TrailsSince!.Value;
        _lastSeq = long.Max(_lastSeq, since);
        if (Find(since) is { } line)
        {
            line.Orders.Add(order);
            Rank(line);
        }
        else
        {
            _homeless.Add(order);
        }
    }

    public void Remove(Order order)
    {
        _homeless.Remove(order);
        if (order.Trailing is not { Line: var line } orders)
        {
            return;
        }

        orders.Remove(order);
        if (orders.Count == 0)
        {
            Drop(line);
        }

        Rank(line);
    }

    /// <summary>Puts a line that was touched, and all orders, where they were.</summary>
    public void Rebuild(Waterline undone)
    {
        Waterline[] lines = [.. _lines.Append(undone).Distinct().Order(s_oldestFirst)];
        Order[] orders = [.. lines.SelectMany(line => line.Orders.All), .. _homeless];
        foreach (var order in orders)
        {
            order.Trailing?.Remove(order);
        }

        Array.ForEach(lines, Rank);
        _homeless.Clear();
        _lines.Clear();
        _lines.AddRange(lines.Where(line => !line.Now.IsGone));
        Array.ForEach(orders, Add);
    }

    private bool IsBetter(decimal price, decimal than) => side == Side.Sell ? price > than : price < than;

    private Waterline? Find(long since)
    {
        var (from, to) = (0, _lines.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = _lines[middle].Seq <= since ? (middle + 1, to) : (from, middle);
        }

        return from > 0 ? _lines[from - 1] : null;
    }

    private void Drop(Waterline line)
    {
        line.Go();
        touch(line);
        _lines.Remove(line);
        Rank(line);
    }

    private void Rank(Waterline line)
    {
        var stop = line.Orders.FirstStop;
        if (line.Rung == stop)
        {
            return;
        }

        if (line.Rung is { } before)
        {
            _stops.Remove(before, line);
        }

        if (stop is { } now)
        {
            _stops.Add(now, line);
        }

        line.Rung = stop;
    }
}
