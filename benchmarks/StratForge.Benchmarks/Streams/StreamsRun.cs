using System.Globalization;
using System.Text;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.Streams;

/// <summary>What the parts of the benchmark share: the platform, and who is measured beside it.</summary>
/// <param name="platform">The gateway.</param>
/// <param name="redis">Its bus.</param>
/// <param name="token">A user's.</param>
/// <param name="seconds">Of each measurement.</param>
internal sealed class StreamsRun(PlatformUnderTest platform, string redis, string token, int seconds)
{
    /// <summary>A value that is older when it arrives is late.</summary>
    public static TimeSpan LateAfter { get; } = TimeSpan.FromMilliseconds(100);

    public int Seconds => seconds;

    /// <summary>Who takes part, the gateway first.</summary>
    public IReadOnlyList<Dialect> Dialects { get; } =
        [Dialect.Gateway, Dialect.Naive, Dialect.SignalR, .. NatsServer.Program is null ? (Dialect[])[] : [Dialect.Nats]];

    /// <summary>Starts one for its turn, so that it does not take from the others' when it is not: the gateway alone is always there.</summary>
    public async Task<Relayer> StartAsync(Dialect dialect) => dialect switch
    {
        Dialect.Gateway => new Relayer("gateway", platform.ProcessOf("gateway"), platform.AddressOf("http").Port, dialect, Publisher.ToRedis(redis)) { Token = token },
        Dialect.Nats => await NatsServer.StartAsync(),
        _ => await Relayer.StartAsync(dialect, redis),
    };
}

/// <summary>What was to be reached, and whether it was.</summary>
internal static class Goals
{
    /// <summary>A line that says so.</summary>
    /// <param name="report">Where it goes.</param>
    /// <param name="what">What was measured.</param>
    /// <param name="measured">What came out.</param>
    /// <param name="most">What it may be.</param>
    /// <param name="unit">Of both; empty for a count.</param>
    /// <param name="format">Of what came out.</param>
    public static void Goal(this StringBuilder report, string what, double measured, double most, string unit, string format)
    {
        var spaced = unit.Length == 0 ? "" : $" {unit}";
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {what}: {measured.ToString(format, CultureInfo.InvariantCulture)}{spaced}, goal at most {most}{spaced} ({(measured <= most ? "reached" : "missed")}).");
    }
}
