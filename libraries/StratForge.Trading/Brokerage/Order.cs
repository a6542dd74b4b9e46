using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>How far an order has come.</summary>
/// <param name="Status">One of <see cref="OrderStatus"/>.</param>
/// <param name="Filled">Units filled.</param>
/// <param name="AveragePrice">Average price of those; null when none.</param>
/// <param name="ReservedCash">USD still reserved for it.</param>
/// <param name="ReservedUnits">Units still reserved for it.</param>
/// <param name="BrokerOrderId">The broker order it travels in now; null while it waits in the house.</param>
/// <param name="CollarPrice">The most a unit may cost, USD: what is reserved. Null for a sale of what is held.</param>
/// <param name="HeldUntil">Not to be sent before this.</param>
/// <param name="CancelAsked">Its owner wants it back; it is on its way home.</param>
/// <param name="HighWater">Best price that a trailing stop saw, once it is over or its stop was reached; until then its waterline has it (<see cref="Order.HighWater"/>).</param>
/// <param name="TriggeredAt">When its stop was reached.</param>
/// <param name="FilledAt">When its last unit was filled, on the market's clock.</param>
/// <param name="Code">Why it ended before it was filled.</param>
/// <param name="Detail">The same with figures.</param>
/// <param name="ReplacedBy">The order that took its place.</param>
/// <param name="WasSent">A broker order carried it once: its id is used up at the venue.</param>
/// <param name="WaitsFor">The broker order it waits for in the house, or all zeros for another cause; kept only to tell of it once.</param>
/// <param name="ReducedTo">Units it asks for now, where that is less than at first: what its sibling left of a bracket's exit.</param>
/// <param name="TrailsSince">Number of the waterline on which a trailing stop began, while it follows the market.</param>
/// <param name="TimesHeld">How often on end the venue has held it back; kept only to ask less and less often.</param>
public sealed record OrderProgress(
    string Status,
    decimal Filled = 0,
    decimal? AveragePrice = null,
    decimal ReservedCash = 0,
    decimal ReservedUnits = 0,
    Guid? BrokerOrderId = null,
    decimal? CollarPrice = null,
    DateTimeOffset? HeldUntil = null,
    bool CancelAsked = false,
    decimal? HighWater = null,
    DateTimeOffset? TriggeredAt = null,
    DateTimeOffset? FilledAt = null,
    string? Code = null,
    string? Detail = null,
    Guid? ReplacedBy = null,
    bool WasSent = false,
    Guid? WaitsFor = null,
    decimal? ReducedTo = null,
    long? TrailsSince = null,
    int TimesHeld = 0);

/// <summary>What never changes about an order, once it is known.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Terms">What it asks for.</param>
/// <param name="Effect">Whether it opens a position or closes one.</param>
/// <param name="SignalId">The signal that asked for it; null for an order by hand.</param>
/// <param name="CreatedAt">When it was taken in: the older goes first.</param>
/// <param name="ExpiresAt">When its time runs out, on the market's clock; null when it does not, or when nobody knew yet: then it is set later.</param>
/// <param name="Traceparent">Trace to continue, when sampled.</param>
/// <param name="ClientOrderId">The caller's own key.</param>
/// <param name="RequestHash">Of what the caller's key stands for.</param>
/// <param name="ParentId">The entry of the bracket it belongs to, or the first of its pair.</param>
/// <param name="Leg">What it is there; null when it is no leg.</param>
/// <param name="Replaces">The order whose place it took.</param>
/// <param name="Notional">The value that was asked for, USD; null when units were.</param>
public sealed record OrderFacts(
    Guid Id,
    OrderTerms Terms,
    PositionEffect Effect,
    Guid? SignalId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    string? Traceparent = null,
    string? ClientOrderId = null,
    byte[]? RequestHash = null,
    Guid? ParentId = null,
    string? Leg = null,
    Guid? Replaces = null,
    decimal? Notional = null);

/// <summary>One user's order.</summary>
public sealed class Order : Tracked<OrderProgress>
{
    private readonly SymbolBook _book;
    private LinkedListNode<Order>? _place;
    private Interest _counted;

    internal Order(SymbolBook book, Position position, OrderFacts facts, OrderProgress progress, bool isWritten)
        : base(progress, isWritten)
    {
        _book = book;
        Position = position;
        Facts = facts;
    }

    /// <summary>What never changes about it, once it is known.</summary>
    public OrderFacts Facts { get; private set; }

    /// <summary>The position it changes.</summary>
    public Position Position { get; }

    /// <summary>Whose it is.</summary>
    public Account Account => Position.Account;

    /// <summary>Its id.</summary>
    public Guid Id => Facts.Id;

    /// <summary>What it asks for.</summary>
    public OrderTerms Terms => Facts.Terms;

    /// <summary>Its symbol.</summary>
    public string Symbol => Facts.Terms.Symbol;

    /// <summary>Its direction.</summary>
    public Side Side => Facts.Terms.Side;

    /// <summary>When it was taken in.</summary>
    public DateTimeOffset CreatedAt => Facts.CreatedAt;

    /// <summary>Whether something can still happen to it.</summary>
    public bool IsOpen => OrderStatus.IsOpen(Now.Status);

    /// <summary>Units it asks for.</summary>
    public decimal Quantity => Now.ReducedTo ?? Terms.Quantity;

    /// <summary>Units it still wants.</summary>
    public decimal Remaining => Quantity - Now.Filled;

    /// <summary>Whether it waits in the house: it is open, and no broker order carries it.</summary>
    public bool IsInHouse => IsOpen && Now.BrokerOrderId is null && Now.Status != OrderStatus.Held;

    /// <summary>Whether it has a stop that was not reached yet.</summary>
    public bool AwaitsStop =>
        Now.TriggeredAt is null && Terms.Type is (OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop);

    /// <summary>Best price that a trailing stop has seen, USD; null before it has seen any, and for other orders.</summary>
    public decimal? HighWater => Trailing is { Line: var line } ? line.Price : Now.HighWater;

    /// <summary>Where it is while it follows the market.</summary>
    internal TrailingOrders? Trailing { get; set; }

    /// <summary>Its limit, where it has one that counts: a market order and a stop at the market have none.</summary>
    public decimal? Limit => Terms.Type is OrderType.Limit or OrderType.StopLimit ? Terms.LimitPrice : null;

    internal void Set(OrderProgress progress)
    {
        if (!OrderStatus.MayBecome(Now.Status, progress.Status))
        {
            throw new InvalidOperationException($"Order {Id} is {Now.Status}: it can't become {progress.Status}.");
        }

        Now = progress;
        Place();
    }

    /// <summary>Sets when its time runs out.</summary>
    internal void End(DateTimeOffset at)
    {
        var before = Facts.ExpiresAt;
        Facts = Facts with { ExpiresAt = at };
        _book.Postpone(this, before);
    }

    /// <summary>Puts it among its account's orders and into the book of its symbol.</summary>
    internal void Enlist()
    {
        _place = Account.Add(this);
        Place();
    }

    private protected override void Kept()
    {
        if (!IsOpen)
        {
            Leave();
        }
    }

    private protected override void Undone() => Place();

    private protected override void Vanish()
    {
        _book.Remove(this);
        Count(default);
        Leave();
        Account.Uncount(CreatedAt);
    }

    private void Place()
    {
        _book.Place(this);
        Count(IsOpen ? new Interest(IsOpen: true, Remaining) : default);
    }

    private void Count(Interest interest)
    {
        if (interest == _counted)
        {
            return;
        }

        Account.Weigh(this, _counted, interest);
        if (Facts.Effect == PositionEffect.Open && interest.IsOpen != _counted.IsOpen)
        {
            Position.CountOpening(Side, interest.IsOpen ? 1 : -1);
        }

        _counted = interest;
    }

    private void Leave()
    {
        if (_place is { } place)
        {
            Account.Remove(place);
            _place = null;
        }
    }
}
