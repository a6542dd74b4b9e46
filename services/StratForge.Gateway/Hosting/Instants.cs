namespace StratForge.Gateway.Hosting;

/// <summary>Instants as Postgres keeps them.</summary>
internal static class Instants
{
    /// <summary>Now, cut to the microsecond: what is stored and read back then compares equal to what was written.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
