using System.Globalization;
using Npgsql;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>A user with an open account and a running session.</summary>
/// <param name="Token">His access token.</param>
/// <param name="Strategy">The session's strategy.</param>
/// <param name="Session">The session; no worker runs it, the benchmark speaks for one.</param>
internal sealed record Trader(string Token, Guid Strategy, Guid Session)
{
    /// <summary>Epoch of every session's lease.</summary>
    public const long LeaseEpoch = 1;

    private static readonly TimeSpan Lease = TimeSpan.FromDays(1);

    /// <summary>Registers users, starts a session for each and gives it a lease.</summary>
    /// <remarks>Takes a while: the gateway hashes every password with care.</remarks>
    public static async Task<Trader[]> RegisterAsync(PlatformUnderTest platform, NpgsqlDataSource database, int count, TimeProvider clock)
    {
        var traders = new Trader[count];
        for (var i = 0; i < count; i++)
        {
            var token = await platform.RegisterAsync(string.Create(CultureInfo.InvariantCulture, $"trader{i}"));
            var strategy = await platform.CreateStrategyAsync(token);
            traders[i] = new Trader(token, Guid.Parse(strategy), Guid.Parse(await platform.StartSessionAsync(token, strategy)));
        }

        var now = clock.GetUtcNow();
        await using var claim = database.CreateCommand("""
            update sessions
            set status = 'RUNNING', started_at = $1, first_seq = 0, processed_seq = 0,
                lease_owner = 'benchmark', lease_expires_at = $2, lease_epoch = $3
            """);
        claim.Parameters.Add(new() { Value = now });
        claim.Parameters.Add(new() { Value = now + Lease });
        claim.Parameters.Add(new() { Value = LeaseEpoch });
        await claim.ExecuteNonQueryAsync();
        return traders;
    }
}
