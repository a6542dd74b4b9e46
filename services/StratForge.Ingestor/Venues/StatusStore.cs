using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Leadership;

namespace StratForge.Ingestor.Venues;

/// <summary>Keeps the newest trading status of each stock.</summary>
internal sealed class StatusStore(LeaderConnection leader)
{
    /// <summary>Stores statuses; one that is older than what is there is left out.</summary>
    /// <returns>Those that were news.</returns>
    public Task<IReadOnlyList<TradingStatus>> StoreAsync(IReadOnlyCollection<TradingStatus> statuses, CancellationToken cancellationToken) =>
        leader.UseAsync<IReadOnlyList<TradingStatus>>(async connection =>
        {
            var news = new List<TradingStatus>();
            foreach (var status in statuses)
            {
                await using var command = new NpgsqlCommand("""
                    insert into trading_status as known (symbol, state, reason, reason_code, since)
                    values ($1, $2, $3, $4, $5)
                    on conflict (symbol) do update
                    set state = excluded.state, reason = excluded.reason, reason_code = excluded.reason_code, since = excluded.since
                    where known.since < excluded.since
                    """, connection);
                command.Parameters.Add(new() { Value = status.Symbol });
                command.Parameters.Add(new() { Value = NameOf(status.State) });
                command.Parameters.Add(new() { Value = status.Reason });
                command.Parameters.Add(new() { Value = status.ReasonCode });
                command.Parameters.Add(new() { Value = status.Timestamp });
                if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
                {
                    news.Add(status);
                }
            }

            return news;
        }, cancellationToken);

    /// <summary>Forgets all symbols that are not followed: nobody would hear that they trade again.</summary>
    public Task KeepAsync(IEnumerable<string> followed, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            await using var command = new NpgsqlCommand("delete from trading_status where symbol <> all ($1)", connection);
            command.Parameters.Add(new() { Value = followed.ToArray() });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }, cancellationToken);

    private static string NameOf(TradingState state) => state switch
    {
        TradingState.Halted => "halted",
        TradingState.Paused => "paused",
        TradingState.Quoting => "quoting",
        _ => "trading",
    };
}
