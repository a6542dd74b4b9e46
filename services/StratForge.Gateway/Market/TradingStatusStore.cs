using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Reads which stocks do not trade.</summary>
internal sealed class TradingStatusStore(NpgsqlDataSource database)
{
    /// <summary>What is known of those symbols that do not trade as usual, or did not.</summary>
    public async Task<IReadOnlyDictionary<string, TradingStatus>> ReadAsync(string[] symbols, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select symbol, state, reason, reason_code, since from trading_status where symbol = any ($1)", [symbols]);
        var rows = await command.ListAsync(Read, cancellationToken);
        return rows.ToDictionary(status => status.Symbol, StringComparer.Ordinal);
    }

    private static TradingStatus Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1) switch
        {
            "halted" => TradingState.Halted,
            "paused" => TradingState.Paused,
            "quoting" => TradingState.Quoting,
            _ => TradingState.Trading,
        },
        row.GetString(2),
        row.GetString(3),
        row.GetFieldValue<DateTimeOffset>(4));
}
