using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Risk;

/// <summary>The newest closing of a position.</summary>
/// <param name="Closing">The order asked for.</param>
/// <param name="OrderId">The order, once it is known.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Detail">The same with figures.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="IsOpen">Whether the order is still on its way.</param>
/// <param name="IsFilled">Whether the order did what it was placed for.</param>
internal sealed record StoredClosing(
    Closing Closing, Guid? OrderId, string? Code, string? Detail, DateTimeOffset AskedAt, bool IsOpen, bool IsFilled)
{
    /// <summary>Whether it was asked for and nobody wrote down the answer.</summary>
    public bool IsUnanswered => OrderId is null && Code is null;
}

/// <summary>Keeps the newest closing of every position.</summary>
internal sealed class ClosingStore(NpgsqlDataSource database, TimeProvider clock)
{
    // Any number, as long as it is the same in every replica; these are the bytes of "flatten".
    private const long LockKey = 0x666c617474656e;

    /// <summary>Closings within the reach of a switch.</summary>
    public async Task<IReadOnlyList<StoredClosing>> ListAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select c.user_id, c.session_id, c.symbol, c.attempt, c.side, c.quantity, c.order_id, c.code, c.detail, c.asked_at,
                   coalesce(o.status in ('held', 'accepted', 'new', 'partially_filled'), false), coalesce(o.status = 'filled', false)
            from closings as c
            left join orders as o on o.id = c.order_id
            where ($1::uuid is null or c.user_id = $1) and ($2::uuid is null or c.session_id = $2)
            """, key.UserId, key.SessionId);
        return await command.ListAsync(
            rows => new StoredClosing(
                new Closing(
                    rows.GetGuid(0), rows.Maybe<Guid>(1), rows.GetString(2), rows.GetInt32(3),
                    rows.GetString(4) == "buy" ? Side.Buy : Side.Sell, rows.GetDecimal(5)),
                rows.Maybe<Guid>(6), rows.Text(7), rows.Text(8), rows.At(9), rows.GetBoolean(10), rows.GetBoolean(11)),
            cancellationToken);
    }

    /// <summary>Writes down what is about to be asked for.</summary>
    public async Task AddAsync(Closing closing, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            insert into closings (user_id, session_id, symbol, attempt, side, quantity, asked_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (user_id, session_id, symbol) do update set
                attempt = excluded.attempt, side = excluded.side, quantity = excluded.quantity, order_id = null, code = null, detail = null,
                asked_at = excluded.asked_at
            """,
            closing.UserId, closing.SessionId, closing.Symbol, closing.Attempt, closing.Side == Side.Buy ? "buy" : "sell", closing.Quantity,
            clock.Now());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes down the answer.</summary>
    public async Task AnswerAsync(Closing closing, ClosingAnswer answer, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update closings set order_id = $5, code = $6, detail = $7
            where user_id = $1 and session_id is not distinct from $2 and symbol = $3 and attempt = $4
            """, closing.UserId, closing.SessionId, closing.Symbol, closing.Attempt, answer.OrderId, answer.Code, answer.Detail);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Does something that only one gateway does at a time. The lock goes with the process.</summary>
    /// <returns>Whether this one did it.</returns>
    public async Task<bool> AloneAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var take = connection.Command("select pg_try_advisory_xact_lock($1)", LockKey);
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return false;
        }

        await work();
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
