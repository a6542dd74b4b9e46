using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>How far a broker order has come.</summary>
/// <param name="Status">One of <see cref="OrderStatus"/>.</param>
/// <param name="VenueOrderId">The venue's id of it, once known.</param>
/// <param name="Filled">Units booked.</param>
/// <param name="VenueFilled">The most units the venue has said were filled; never below <paramref name="Filled"/>.</param>
/// <param name="EndStatus">What the venue says it ended as, while fills are still missing here.</param>
/// <param name="EndDetail">Why, if it said.</param>
/// <param name="SubmittedAt">When the venue had it.</param>
/// <param name="IsRecalled">The house wants it back.</param>
public sealed record BrokerOrderProgress(
    string Status,
    Guid? VenueOrderId = null,
    decimal Filled = 0,
    decimal VenueFilled = 0,
    string? EndStatus = null,
    string? EndDetail = null,
    DateTimeOffset? SubmittedAt = null,
    bool IsRecalled = false);

/// <summary>What never changes about a broker order.</summary>
/// <param name="Id">Its <c>client_order_id</c>.</param>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Side">Direction.</param>
/// <param name="Type"><c>market</c> or <c>limit</c>.</param>
/// <param name="TimeInForce"><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>.</param>
/// <param name="Quantity">Units; at most what its orders want.</param>
/// <param name="LimitPrice">For a limit order, USD.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Traceparent">Trace of the oldest order in it, when sampled.</param>
public sealed record BrokerOrderFacts(
    Guid Id, string Symbol, Side Side, string Type, string TimeInForce, decimal Quantity, decimal? LimitPrice, DateTimeOffset CreatedAt,
    string? Traceparent);

/// <summary>What goes to the broker: one user's order, or several users' like orders together.</summary>
public sealed class BrokerOrder : Tracked<BrokerOrderProgress>
{
    private readonly House _house;
    private readonly List<Order> _orders;
    private readonly HashSet<Guid> _booked;
    private readonly List<Guid> _unwritten = [];

    internal BrokerOrder(
        House house, BrokerOrderFacts facts, BrokerOrderProgress progress, IEnumerable<Order> orders, IEnumerable<Guid> booked, bool isWritten)
        : base(progress, isWritten)
    {
        _house = house;
        Facts = facts;
        _orders = [.. orders];
        _booked = [.. booked];
    }

    /// <summary>What never changes about it.</summary>
    public BrokerOrderFacts Facts { get; }

    /// <summary>Its <c>client_order_id</c>.</summary>
    public Guid Id => Facts.Id;

    /// <summary>Its orders, oldest first.</summary>
    public IReadOnlyList<Order> Orders => _orders;

    /// <summary>Whether the venue may still fill it.</summary>
    public bool IsOpen => OrderStatus.IsOpen(Now.Status);

    /// <summary>Units the venue has not filled yet.</summary>
    public decimal Remaining => Facts.Quantity - Now.Filled;

    /// <summary>Decides its fees.</summary>
    public AssetClass AssetClass => Symbols.ClassOf(Facts.Symbol);

    /// <summary>Whether an execution is booked already.</summary>
    internal bool HasBooked(Guid executionId) => _booked.Contains(executionId);

    /// <summary>Whether the house counts it among those that are over.</summary>
    internal bool IsRetired { get; set; }

    internal void NoteBooked(Guid executionId)
    {
        _booked.Add(executionId);
        _unwritten.Add(executionId);
    }

    internal void Set(BrokerOrderProgress progress)
    {
        if (!OrderStatus.MayBecome(Now.Status, progress.Status))
        {
            throw new InvalidOperationException($"Broker order {Id} is {Now.Status}: it can't become {progress.Status}.");
        }

        Now = progress;
    }

    private protected override void Kept()
    {
        _unwritten.Clear();
        if (!IsOpen)
        {
            _house.Retire(this);
        }
    }

    private protected override void Undone()
    {
        _booked.ExceptWith(_unwritten);
        _unwritten.Clear();
    }

    private protected override void Vanish() => _house.Forget(this);
}
