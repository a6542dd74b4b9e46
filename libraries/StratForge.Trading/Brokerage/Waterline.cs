using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>Where a waterline is.</summary>
/// <param name="Price">Best price that its orders have seen, USD.</param>
/// <param name="IsGone">It has no orders of its own any more: they are over, or an older line's.</param>
public sealed record WaterlineState(decimal Price, bool IsGone = false);

/// <summary>The best price that some trailing stops of one symbol and side have in common: one row says it for all of them.</summary>
/// <remarks>Whoever was taken in earlier has seen all that the later ones have, so a price better than what an older order has seen is the best for all younger
/// ones too.</remarks>
public sealed class Waterline : Tracked<WaterlineState>
{
    private readonly TrailingStops _owner;

    internal Waterline(TrailingStops owner, long seq, decimal price, bool isWritten)
        : base(new WaterlineState(price), isWritten)
    {
        _owner = owner;
        Seq = seq;
        Orders = new TrailingOrders(this, owner.ByAge);
    }

    /// <summary>Its symbol.</summary>
    public string Symbol => _owner.Symbol;

    /// <summary>Direction of its orders.</summary>
    public Side Side => _owner.Side;

    /// <summary>Its place among those of its symbol and side, 1 and up, rising with time. An order's line is the youngest that is not younger than
    /// <see cref="OrderProgress.TrailsSince"/>.</summary>
    public long Seq { get; }

    /// <summary>Best price that its orders have seen, USD.</summary>
    public decimal Price => Now.Price;

    /// <summary>The orders on it.</summary>
    internal TrailingOrders Orders { get; private set; }

    /// <summary>Its first stop as the owner has it in its ladder, USD.</summary>
    internal decimal? Rung { get; set; }

    internal void Move(decimal price) => Now = Now with { Price = price };

    internal void Go() => Now = Now with { IsGone = true };

    /// <summary>Takes all orders of another line over.</summary>
    internal void TakeOver(Waterline other)
    {
        // The fewer go to where more are: who goes often is soon among many.
        if (other.Orders.Count > Orders.Count)
        {
            (Orders, other.Orders) = (other.Orders, Orders);
            (Orders.Line, other.Orders.Line) = (this, other);
        }

        foreach (var order in other.Orders.All.ToArray())
        {
            other.Orders.Remove(order);
            Orders.Add(order);
        }
    }

    /// <summary>Puts everything where it was before a unit of work that touched it, once it and its orders are as they were.</summary>
    internal void Rebuild() => _owner.Rebuild(this);

    private protected override void Vanish() => Go();
}
