using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>One entry of the double-entry ledger that touches the user's accounts.</summary>
/// <param name="Id">Rises within the platform.</param>
/// <param name="From">The account it left: <c>cash</c>, <c>cash_reserved</c>, <c>units</c>, …; <c>house:</c> before those of the platform.</param>
/// <param name="To">The account it went to.</param>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Amount">Greater than zero.</param>
/// <param name="Reason"><c>deposit</c>, <c>reserve</c>, <c>release</c>, <c>trade</c>, <c>fee</c>, <c>pnl</c>, <c>dividend</c> or <c>reset</c>.</param>
/// <param name="OrderId">The order it belongs to.</param>
/// <param name="ExecutionId">The execution it belongs to.</param>
/// <param name="BookedAt">When it was booked.</param>
public sealed record LedgerEntry(
    long Id,
    string From,
    string To,
    string Asset,
    decimal Amount,
    string Reason,
    Guid? OrderId,
    Guid? ExecutionId,
    DateTimeOffset BookedAt);

/// <summary>The user's side of the ledger.</summary>
internal sealed class LedgerStore(NpgsqlDataSource database)
{
    private const string Filter = """
        ($2::bigint is null or id < $2)
        and ($4::text is null or asset = $4)
        and ($5::text is null or reason = $5)
        and ($6::timestamptz is null or booked_at >= $6)
        and ($7::timestamptz is null or booked_at < $7)
        and ($8::uuid is null or order_id = $8)
        """;

    // Two index walks instead of an "or" over both owners, which would scan the ledger of everybody.
    private const string Select = $"""
        select id, case when debit_owner = $1 then debit_kind else 'house:' || debit_kind end,
               case when credit_owner = $1 then credit_kind else 'house:' || credit_kind end,
               asset, amount, reason, order_id, execution_id, booked_at
        from (
            (select * from ledger_entries where debit_owner = $1 and {Filter} order by id desc limit $3)
            union all
            (select * from ledger_entries where credit_owner = $1 and credit_owner <> debit_owner and {Filter} order by id desc limit $3)) as entries
        order by id desc
        limit $3
        """;

    public async Task<Page<LedgerEntry>> ListAsync(
        Guid userId, LedgerFilter filter, NumberedPageQuery page, CancellationToken cancellationToken)
    {
        await using var command = Command(userId, filter, page.Cursor?.Number, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, entry => entry.Id);
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<LedgerEntry> ReadAllAsync(Guid userId, LedgerFilter filter, CancellationToken cancellationToken) =>
        Chunks.ReadAsync((long? before, int take) => Command(userId, filter, before, take), Read, entry => entry.Id, CsvFile.MostRows, cancellationToken);

    private NpgsqlCommand Command(Guid userId, LedgerFilter filter, long? before, int most) => database.Command(
        Select, userId, before, most, filter.Asset, filter.Reason, filter.From?.ToUniversalTime(), filter.To?.ToUniversalTime(), filter.OrderId);

    private static LedgerEntry Read(NpgsqlDataReader rows) => new(
        rows.GetInt64(0),
        rows.GetString(1),
        rows.GetString(2),
        rows.GetString(3),
        rows.GetDecimal(4),
        rows.GetString(5),
        rows.Maybe<Guid>(6),
        rows.Maybe<Guid>(7),
        rows.At(8));
}
