using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Writes a unit of work: one round trip, one transaction, however many orders, fills and users are in it.</summary>
/// <remarks>A batch without a transaction around it is one by itself. Every statement takes arrays, so its text never changes and it stays
/// prepared; statements without rows are left out.</remarks>
internal sealed class BooksCommit([FromKeyedServices(BooksCommit.Database)] NpgsqlDataSource database)
{
    /// <summary>Key of the data source that the books are written through.</summary>
    public const string Database = "stratforge";

    /// <summary>Statements that its connection keeps prepared from their first use on: <see cref="BooksStatements"/>, and some that commands bring along.</summary>
    public const int MostStatements = 40;

    /// <summary>SQLSTATE when another gateway keeps the books.</summary>
    public const string NotLeading = "SF001";

    /// <summary>SQLSTATE when a session is not as it is remembered.</summary>
    public const string SessionsChanged = "SF002";

    private (int Connection, BooksStatements Statements)? _statements;

    /// <summary>Writes what a unit of work changed.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="events">The events among them, as JSON.</param>
    /// <param name="relied">Sessions that have to be as they are remembered.</param>
    /// <param name="besides">What commands have written besides the books, at the end.</param>
    /// <param name="epoch">Under which this gateway writes.</param>
    /// <param name="now">When it happens.</param>
    /// <exception cref="PostgresException">Nothing was written.</exception>
    /// <exception cref="NpgsqlException">Nobody knows whether it was written.</exception>
    public async Task WriteAsync(
        Changes changes, IReadOnlyList<string> events, IReadOnlyCollection<SessionFacts> relied, IReadOnlyList<Statement> besides, long epoch,
        DateTimeOffset now)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        if (_statements is not { Connection: var known } || known != connection.ProcessID)
        {
            _statements = (connection.ProcessID, new BooksStatements());
        }

        await using var batch = new NpgsqlBatch(connection);
        Fill(batch, _statements.Value.Statements, changes, events, relied, new UnitFacts(now, epoch));
        foreach (var statement in besides)
        {
            batch.Add(statement.Sql, statement.Values);
        }

        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // Whatever they remember of the connection may be wrong now.
            _statements = null;
            throw;
        }
    }

    private static void Fill(
        NpgsqlBatch batch, BooksStatements statements, Changes changes, IReadOnlyList<string> events, IReadOnlyCollection<SessionFacts> relied, UnitFacts unit)
    {
        statements.Begin.AddTo(batch, relied, unit);
        Add(statements.NewSignals, changes.Signals);
        Add(statements.NewBrokerOrders, [.. changes.Touched<BrokerOrder>().Where(order => order.IsNew)]);
        Add(statements.ChangedBrokerOrders, [.. changes.Touched<BrokerOrder>().Where(order => order is { IsNew: false, IsChanged: true })]);
        Add(statements.NewOrders, [.. changes.Touched<Order>().Where(order => order.IsNew)]);
        Add(statements.ChangedOrders, [.. changes.Touched<Order>().Where(order => order is { IsNew: false, IsChanged: true })]);
        Add(statements.ChangedWaterlines, [.. changes.Touched<Waterline>().Where(line => line is { IsChanged: true, Now.IsGone: false })]);
        Add(statements.GoneWaterlines, [.. changes.Touched<Waterline>().Where(line => line is { IsNew: false, IsChanged: true, Now.IsGone: true })]);
        // The last word counts.
        Add(statements.SignalResults, [.. changes.SignalResults.GroupBy(result => result.SignalId, (_, several) => several.Last())]);
        Add(statements.NewTrades, changes.Trades);
        Add(statements.ChangedPositions, [.. changes.Touched<Position>().Where(position => position.IsChanged)]);
        Add(statements.NewEntries, changes.Postings);
        Add(statements.ChangedBalances, BalancesOf(changes.Postings));
        Add(statements.NewEvents, [.. changes.Events.Zip(events)]);
        if (changes.Events.Count > 0)
        {
            Add(statements.ChangedAccounts, [.. changes.Touched<Account>().Where(account => account.IsChanged)]);
        }

        Add(statements.NewDecisions, changes.Decisions);

        void Add<T>(RowsStatement<T> statement, IReadOnlyCollection<T> rows)
        {
            if (rows.Count > 0)
            {
                statement.AddTo(batch, rows, unit);
            }
        }
    }

    private static KeyValuePair<(LedgerAccount Account, string Asset), decimal>[] BalancesOf(List<BookedPosting> postings)
    {
        var changes = new Dictionary<(LedgerAccount Account, string Asset), decimal>();
        foreach (var (posting, _, _) in postings)
        {
            changes[(posting.Debit, posting.Asset)] = changes.GetValueOrDefault((posting.Debit, posting.Asset)) - posting.Amount;
            changes[(posting.Credit, posting.Asset)] = changes.GetValueOrDefault((posting.Credit, posting.Asset)) + posting.Amount;
        }

        return [.. changes.Where(change => change.Value != 0)];
    }
}
