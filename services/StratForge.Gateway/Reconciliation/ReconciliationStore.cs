using System.Data;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Reads what has to be compared and keeps what was found.</summary>
internal sealed class ReconciliationStore(NpgsqlDataSource database)
{
    private const int MostOrdersShown = 500;

    // A broker order whose fills are not all booked is open: the books close it only when level with the venue.
    private const string SelectOrders = """
        select id, venue_order_id, symbol, side, quantity, limit_price, filled_quantity, venue_filled_quantity, status, created_at
        from broker_orders
        where status in ('accepted', 'new', 'partially_filled')
        order by created_at, id
        """;

    private const string SelectHistory = """
        select id, at, asset, kind, expected, actual, difference, drift_id, repair_id, actor_id, reason
        from reconciliation_history
        where ($1::text is null or asset = $1)
          and ($2::text is null or kind = $2)
          and ($3::bigint is null or id < $3)
        order by id desc
        limit $4
        """;

    /// <summary>What the books say now.</summary>
    public async Task<BooksAtBroker> ReadBooksAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            select asset,
                   coalesce(sum(balance) filter (where owner_id <> $1), 0),
                   coalesce(sum(balance) filter (where owner_id = $1 and kind not in ('suspense', 'rounding')), 0),
                   coalesce(sum(balance) filter (where kind = 'suspense'), 0),
                   coalesce(sum(balance) filter (where kind = 'rounding'), 0)
            from ledger_accounts
            where kind in ('cash', 'cash_reserved', 'margin', 'suspense', 'rounding', 'units', 'units_reserved')
            group by asset
            """, Trading.Ledger.LedgerAccount.House);
        batch.Add(SelectOrders);
        batch.Add("""
            select exists (select from trades where broker_order_id is not null), exists (select from reconciliation_history where kind = 'opening')
            """);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var assets = new Dictionary<string, BookedAsset>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellationToken))
        {
            var asset = new BookedAsset(rows.GetString(0), rows.GetDecimal(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4));
            assets.Add(asset.Asset, asset);
        }

        await rows.NextResultAsync(cancellationToken);
        var orders = new List<OrderInFlight>();
        while (await rows.ReadAsync(cancellationToken))
        {
            orders.Add(ReadOrder(rows));
        }

        await rows.NextResultAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return new BooksAtBroker(assets, orders, rows.GetBoolean(0), rows.GetBoolean(1));
    }

    /// <summary>Drifts that have not ended, by asset.</summary>
    public async Task<IReadOnlyDictionary<string, StandingDrift>> ReadStandingAsync(CancellationToken cancellationToken) =>
        (await database.Command("select asset, drift_id, drift from reconciliation_assets where drift_id is not null").ListAsync(
            rows => (Asset: rows.GetString(0), Drift: new StandingDrift(rows.GetInt64(1), rows.GetDecimal(2))), cancellationToken))
        .ToDictionary(row => row.Asset, row => row.Drift, StringComparer.Ordinal);

    /// <summary>Keeps what a run found, and what began or ended by it.</summary>
    /// <param name="findings">Every asset.</param>
    /// <param name="takenOver">Whether what was at the broker before was taken over just now.</param>
    /// <param name="cause">What made it look.</param>
    /// <param name="looks">How often it looked.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SaveAsync(
        IReadOnlyList<AssetFinding> findings, bool takenOver, string cause, int looks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var drifts = new List<StandingDrift?>(findings.Count);
        foreach (var finding in findings)
        {
            drifts.Add(await NoteAsync(connection, finding, now, cancellationToken));
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            insert into reconciliation_assets as a
                (asset, status, expected, actual, in_flight, users, house, suspense, rounding, drift_id, drift, since, checked_at)
            select i.*, $12, $12
            from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::boolean[], $6::numeric[], $7::numeric[], $8::numeric[],
                        $9::numeric[], $10::bigint[], $11::numeric[]) as i
            on conflict (asset) do update
            set status = excluded.status, expected = excluded.expected, actual = excluded.actual, in_flight = excluded.in_flight,
                users = excluded.users, house = excluded.house, suspense = excluded.suspense, rounding = excluded.rounding,
                drift_id = excluded.drift_id, drift = excluded.drift, checked_at = excluded.checked_at,
                since = case when a.status = excluded.status and a.drift_id is not distinct from excluded.drift_id then a.since
                             else excluded.since end
            """,
            findings.Select(finding => finding.Asset).ToArray(),
            findings.Select(finding => takenOver && finding.Verdict == Verdict.Matches ? ReconciledStatus.Opening : finding.Status).ToArray(),
            findings.Select(finding => finding.Booked.Expected).ToArray(),
            findings.Select(finding => finding.Actual).ToArray(),
            findings.Select(finding => finding.InFlight.IsAnything).ToArray(),
            findings.Select(finding => finding.Booked.Users).ToArray(),
            findings.Select(finding => finding.Booked.House).ToArray(),
            findings.Select(finding => finding.Booked.Suspense).ToArray(),
            findings.Select(finding => finding.Booked.Rounding).ToArray(),
            drifts.Select(drift => drift?.Id).ToArray(),
            drifts.Select(drift => drift?.Difference ?? 0).ToArray(),
            now);
        batch.Add("delete from reconciliation_assets where asset <> all ($1)", [findings.Select(finding => finding.Asset).ToArray()]);
        batch.Add(
            "insert into reconciliation_runs (at, cause, looks, assets, in_flight, drifting) values ($1, $2, $3, $4, $5, $6)",
            now, cause, looks, findings.Count, findings.Count(finding => finding.Status == ReconciledStatus.InFlight), drifts.Count(drift => drift is not null));
        batch.Add("delete from reconciliation_runs where at < $1", now - TimeSpan.FromDays(7));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The newest findings, cash first.</summary>
    public async Task<ReconciliationReport> ReadReportAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var checkedAt = await connection.Command("select at from reconciliation_runs order by id desc limit 1").ExecuteScalarAsync(cancellationToken);
        var assets = await connection.Command("""
            select asset, status, expected, actual, drift, in_flight, since, checked_at, users, house, suspense, rounding
            from reconciliation_assets
            order by asset <> 'USD', asset
            """).ListAsync(ReadAsset, cancellationToken);
        var orders = await connection.Command($"{SelectOrders} limit {MostOrdersShown}").ListAsync(ReadOrder, cancellationToken);
        return new ReconciliationReport(
            checkedAt is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null,
            assets.Count(asset => asset.Status == ReconciledStatus.Drift),
            assets,
            orders);
    }

    public async Task<Page<ReconciliationEntry>> ListHistoryAsync(
        ReconciliationFilter filter, NumberedPageQuery page, CancellationToken cancellationToken) =>
        page.Of(
            await database.Command(SelectHistory, filter.Asset, filter.Kind, page.Cursor?.Number, page.Take + 1).ListAsync(ReadEntry, cancellationToken),
            entry => entry.Id);

    /// <summary>The whole history, newest first, for a file.</summary>
    public IAsyncEnumerable<ReconciliationEntry> ReadHistoryAsync(ReconciliationFilter filter, CancellationToken cancellationToken) =>
        Chunks.ReadAsync(
            (long? before, int take) => database.Command(SelectHistory, filter.Asset, filter.Kind, before, take), ReadEntry, entry => entry.Id,
            CsvFile.MostRows, cancellationToken);

    /// <summary>A repair that was booked; null when none has that id.</summary>
    public Task<Repair?> FindRepairAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("select asset, difference, reason, actor_id, at from reconciliation_history where repair_id = $1", id).FirstAsync(
            rows => new Repair(id, rows.GetString(0), rows.GetDecimal(1), rows.GetString(2), rows.GetGuid(3), rows.At(4)), cancellationToken);

    /// <summary>Writes down what began or ended, and says what stands now.</summary>
    private static async Task<StandingDrift?> NoteAsync(
        NpgsqlConnection connection, AssetFinding finding, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (finding.Verdict is not (Verdict.Drift or Verdict.Recovered))
        {
            return finding.Standing;
        }

        var kind = finding switch
        {
            { Verdict: Verdict.Recovered } => "recovered",
            { Standing: null } => "drift",
            _ => "changed",
        };
        await using var command = connection.Command(
            """
            insert into reconciliation_history (at, asset, kind, expected, actual, difference, drift_id)
            values ($1, $2, $3, $4, $5, $6, $7::bigint)
            returning id
            """,
            now, finding.Asset, kind, finding.Booked.Expected, finding.Actual, finding.Difference, finding.Standing?.Id);
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return finding.Verdict == Verdict.Drift ? new StandingDrift(id, finding.Difference) : null;
    }

    private static OrderInFlight ReadOrder(NpgsqlDataReader rows) => new(
        rows.GetGuid(0), rows.Maybe<Guid>(1), rows.GetString(2), rows.GetString(3) == "buy" ? Side.Buy : Side.Sell, rows.GetDecimal(4),
        rows.Maybe<decimal>(5), rows.GetDecimal(6), rows.GetDecimal(7), rows.GetString(8), rows.At(9));

    private static ReconciledAsset ReadAsset(NpgsqlDataReader rows) => new(
        rows.GetString(0), rows.GetString(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(3) - rows.GetDecimal(2), rows.GetDecimal(4),
        rows.GetBoolean(5), rows.At(6), rows.At(7),
        new ExpectedParts(rows.GetDecimal(8), rows.GetDecimal(9), rows.GetDecimal(10), rows.GetDecimal(11)));

    private static ReconciliationEntry ReadEntry(NpgsqlDataReader rows) => new(
        rows.GetInt64(0), rows.At(1), rows.GetString(2), rows.GetString(3), rows.GetDecimal(4), rows.GetDecimal(5), rows.GetDecimal(6),
        rows.Maybe<long>(7), rows.Maybe<Guid>(8), rows.Maybe<Guid>(9), rows.Text(10));
}
