using Npgsql;
using StratForge.Contracts.Internal;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Orders;

/// <summary>Answers to a cancel.</summary>
internal abstract record CancelOutcome
{
    private CancelOutcome()
    {
    }

    /// <summary>Canceled, or the broker was asked to; the order's event tells its end.</summary>
    public sealed record Asked : CancelOutcome;

    /// <summary>The user has no such order.</summary>
    public sealed record Unknown : CancelOutcome;

    /// <summary>Too late.</summary>
    public sealed record Over(string Status) : CancelOutcome;
}

/// <summary>Takes orders back.</summary>
internal sealed class OrderCancels(OrderStore orders, BookKeeper books, BooksStore store)
{
    /// <exception cref="NotLeadingException">Nobody keeps the books this moment.</exception>
    public async Task<CancelOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if ((await CancelAsync(userId, new Cancellation(userId, id), cancellationToken)).Count > 0)
        {
            return new CancelOutcome.Asked();
        }

        return await orders.FindAsync(userId, id, cancellationToken) is { } order
            ? new CancelOutcome.Over(order.Status)
            : new CancelOutcome.Unknown();
    }

    /// <summary>Takes all open orders of a user back.</summary>
    /// <returns>Their ids.</returns>
    /// <exception cref="NotLeadingException">Nobody keeps the books this moment.</exception>
    public Task<IReadOnlyList<Guid>> CancelAllAsync(Guid userId, CancellationToken cancellationToken) =>
        CancelAsync(userId, new Cancellation(userId, null), cancellationToken);

    private async Task<IReadOnlyList<Guid>> CancelAsync(Guid userId, Cancellation cancellation, CancellationToken cancellationToken)
    {
        var canceled = await books.AskAsync(cancellation, cancellationToken);
        Guid[] gone = [.. cancellation.Tried.Except(canceled)];
        return gone.Length == 0 ? canceled : [.. canceled, .. await orders.ListCanceledAsync(userId, gone, cancellationToken)];
    }

    /// <summary>Takes orders of a session back, for the worker that runs it.</summary>
    /// <returns>Null when there is no such session.</returns>
    /// <exception cref="NotLeadingException">Nobody keeps the books this moment.</exception>
    public async Task<CancelOrdersOutcome?> CancelAsync(CancelOrders wish, CancellationToken cancellationToken)
    {
        if (await store.ListSessionsAsync([wish.SessionId], cancellationToken) is not [var session])
        {
            return null;
        }

        IReadOnlyList<Guid> canceled = [];
        try
        {
            canceled = await books.AskAsync(new SessionCancellation(session.UserId, wish), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == SessionCancellation.Overtaken)
        {
            session = (await store.ListSessionsAsync([wish.SessionId], cancellationToken))[0];
        }

        return new CancelOrdersOutcome(session.LeaseEpoch > wish.LeaseEpoch ? ExecuteOutcome.Fenced : ExecuteOutcome.Accepted, canceled);
    }
}
