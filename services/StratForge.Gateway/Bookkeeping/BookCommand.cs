using StratForge.Gateway.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Something for the one writer to do. It is applied in memory, written with whatever else is waiting, then answered.</summary>
internal abstract class BookCommand
{
    /// <summary>Whether doing it twice is doing it once: then it is done again when nobody knows whether it was written.</summary>
    public virtual bool IsRepeatable => true;

    /// <summary>SQLSTATE with which the database refuses it when what it relies on has changed. Its caller is told; nothing is wrong.</summary>
    public virtual string? Fence => null;

    /// <summary>Orders and reports in it: what a unit of work is measured in.</summary>
    public virtual int Size => 1;

    /// <summary>Accounts that have to be in memory.</summary>
    public virtual IEnumerable<Guid> Users => [];

    /// <summary>Ids of orders by hand that it may make: one that its owner named may be there already.</summary>
    public virtual IEnumerable<Guid> NamedOrders => [];

    /// <summary>Everything it does happens here, in memory.</summary>
    public abstract void Apply(BookWork work);

    /// <summary>What it did is written.</summary>
    public virtual void Written()
    {
    }

    /// <summary>It was not done.</summary>
    public virtual void Failed(Exception exception)
    {
    }
}

/// <summary>A command whose caller waits for an answer.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal abstract class BookQuestion<T> : BookCommand
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Answer => _answer.Task;

    public sealed override void Apply(BookWork work) => _result = Decide(work);

    public sealed override void Written() => _answer.TrySetResult(_result);

    public sealed override void Failed(Exception exception) => _answer.TrySetException(exception);

    /// <summary>Answers it otherwise than by doing it.</summary>
    protected void Answered(T answer) => _answer.TrySetResult(answer);

    protected abstract T Decide(BookWork work);
}

/// <summary>What commands of one unit of work see.</summary>
/// <param name="House">The books.</param>
/// <param name="Sessions">The sessions that signals of this unit name.</param>
/// <param name="Known">Answers to signals and orders that were taken in before.</param>
/// <param name="RiskOf">What an order is measured against.</param>
/// <param name="Now">When this unit began.</param>
internal sealed record BookWork(
    House House,
    IReadOnlyDictionary<Guid, SessionFacts> Sessions,
    IReadOnlyDictionary<Guid, KnownOrder> Known,
    IRiskDesk RiskOf,
    DateTimeOffset Now)
{
    /// <summary>Sessions on which a decision of this unit relies: they have to be the same when it is written.</summary>
    public HashSet<SessionFacts> Relied { get; } = [];

    /// <summary>Sessions that this unit changes: once it is written they are read again.</summary>
    public HashSet<Guid> Changed { get; } = [];

    /// <summary>Symbols whose orders may move on now.</summary>
    public HashSet<string> Moved { get; } = new(StringComparer.Ordinal);

    /// <summary>What is written in the same transaction besides the books: who asked for a change, and why.</summary>
    public List<Statement> Besides { get; } = [];
}

/// <summary>One statement of a unit of work.</summary>
/// <param name="Sql">Its text; the same each time, for it stays prepared.</param>
/// <param name="Values">Its values in order. Each says its type, so none is null.</param>
internal sealed record Statement(string Sql, params object[] Values);

/// <summary>A signal or an order by hand that was taken in before.</summary>
/// <param name="Answer">What was answered.</param>
/// <param name="RequestHash">What an order by hand's key stands for.</param>
internal sealed record KnownOrder(IntakeAnswer Answer, byte[]? RequestHash);
