using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>A signal to be recorded, with what became of it.</summary>
/// <param name="Signal">As it came.</param>
/// <param name="UserId">Whose session sent it.</param>
/// <param name="StrategyId">The session's strategy.</param>
/// <param name="Terms">What was understood.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Answer">What became of it.</param>
public sealed record NewSignal(
    ExecuteSignal Signal, Guid UserId, Guid StrategyId, OrderTerms Terms, DateTimeOffset ReceivedAt, IntakeAnswer Answer);

/// <summary>A signal whose order came to something.</summary>
/// <param name="SignalId">The signal.</param>
/// <param name="Status"><c>EXECUTED</c>, <c>PARTIAL</c>, <c>EXPIRED</c> or <c>REJECTED</c>.</param>
/// <param name="Code">Why it was refused; null unless it was.</param>
/// <param name="Detail">The same with figures.</param>
public sealed record SignalResult(Guid SignalId, string Status, string? Code, string? Detail);

/// <summary>One execution booked for one order.</summary>
/// <param name="ExecutionId">The venue's id of it, or ours where two users' orders met in the house.</param>
/// <param name="Order">The order.</param>
/// <param name="BrokerOrderId">The broker order it came in; null for one in the house.</param>
/// <param name="Share">What the order got of it.</param>
/// <param name="FeeAsset">What the fee was taken from.</param>
/// <param name="CashAmount">What the owner's money changed by, USD.</param>
/// <param name="RealisedPnl">Profit of a closing, USD.</param>
/// <param name="OccurredAt">On the market's clock.</param>
public sealed record Trade(
    Guid ExecutionId,
    Order Order,
    Guid? BrokerOrderId,
    FillShare Share,
    string FeeAsset,
    decimal CashAmount,
    decimal RealisedPnl,
    DateTimeOffset OccurredAt);

/// <summary>One ledger entry with what caused it.</summary>
/// <param name="Posting">The entry.</param>
/// <param name="OrderId">The order, if any.</param>
/// <param name="ExecutionId">The execution, if any.</param>
public sealed record BookedPosting(Posting Posting, Guid? OrderId = null, Guid? ExecutionId = null);

/// <summary>Something to tell a user.</summary>
/// <param name="Id">Number within the account.</param>
/// <param name="Kind"><c>order</c>, <c>fill</c>, <c>session</c>, <c>portfolio</c> or <c>alert</c>.</param>
/// <param name="Account">Whose.</param>
/// <param name="Order">The order it is about; null when it is about the whole portfolio.</param>
/// <param name="Data">What happened to the order, and the account as that left it.</param>
/// <param name="Portfolio">What happened to the portfolio, where it is about no order.</param>
/// <param name="Session">What happened to a session.</param>
/// <param name="Alert">The alert that fired.</param>
public sealed record AccountEvent(
    long Id, string Kind, Account Account, Order? Order, OrderEvent? Data, PortfolioEvent? Portfolio = null, SessionEvent? Session = null,
    AlertEvent? Alert = null)
{
    /// <summary>The session concerned, if any.</summary>
    public Guid? SessionId => Session?.SessionId ?? Order?.Position.SessionId;
}

/// <summary>Something the router decided that is not plain sending, for whoever asks later.</summary>
/// <param name="Kind"><c>wait</c>, <c>cross</c>, <c>split</c>, <c>recall</c> or <c>return</c>.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="OrderId">The order concerned.</param>
/// <param name="BrokerOrderId">The broker order concerned.</param>
/// <param name="OtherOrderId">The other order concerned.</param>
/// <param name="Quantity">Units, where that says something.</param>
/// <param name="Price">USD per unit, where that says something.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RoutingDecision(
    string Kind, string Symbol, Guid? OrderId, Guid? BrokerOrderId, Guid? OtherOrderId, decimal? Quantity, decimal? Price, string Reason);

/// <summary>What one unit of work changed: all of it is written in one transaction, or none.</summary>
public sealed class Changes
{
    private readonly HashSet<ITracked> _touched = [];

    /// <summary>Signals to record.</summary>
    public List<NewSignal> Signals { get; } = [];

    /// <summary>Signals whose orders came to something.</summary>
    public List<SignalResult> SignalResults { get; } = [];

    /// <summary>Executions.</summary>
    public List<Trade> Trades { get; } = [];

    /// <summary>Ledger entries, in order.</summary>
    public List<BookedPosting> Postings { get; } = [];

    /// <summary>Events, in order.</summary>
    public List<AccountEvent> Events { get; } = [];

    /// <summary>Decisions, in order.</summary>
    public List<RoutingDecision> Decisions { get; } = [];

    /// <summary>Broker orders to send once this is written.</summary>
    public List<BrokerOrder> Sends { get; } = [];

    /// <summary>Broker orders to take back once this is written.</summary>
    public List<BrokerOrder> Recalls { get; } = [];

    /// <summary>Broker orders of which the venue has filled more than is booked: somebody has to look.</summary>
    public HashSet<Guid> Missing { get; } = [];

    /// <summary>Reports of the venue that contradict the books.</summary>
    public List<string> Contradictions { get; } = [];

    /// <summary>Orders that the venue has held back so often on end that somebody should know, with its reason.</summary>
    public List<(Order Order, string Reason)> HeldLong { get; } = [];

    /// <summary>Executions that were booked before.</summary>
    public int Repeats { get; internal set; }

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty =>
        _touched.Count == 0 && Signals.Count == 0 && Postings.Count == 0 && Decisions.Count == 0;

    /// <summary>Whatever of one kind was touched, changed or new.</summary>
    /// <typeparam name="T">Account, position, order or broker order.</typeparam>
    public IEnumerable<T> Touched<T>() => _touched.OfType<T>();

    /// <summary>What changed in the sum of all users' units.</summary>
    internal List<(SymbolBook Book, decimal Units)> Nets { get; } = [];

    /// <summary>What users got of the request budget: broker orders sent for each, in parts where several share one.</summary>
    internal List<(Guid UserId, double Share)> Served { get; } = [];

    internal void Touch(ITracked tracked) => _touched.Add(tracked);

    internal void Keep()
    {
        foreach (var tracked in _touched)
        {
            tracked.Keep();
        }
    }

    internal void Undo()
    {
        foreach (var (book, units) in Nets)
        {
            book.Net -= units;
        }

        foreach (var tracked in _touched)
        {
            tracked.Undo();
        }
    }
}
