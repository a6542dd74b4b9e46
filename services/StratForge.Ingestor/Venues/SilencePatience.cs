using System.Globalization;

namespace StratForge.Ingestor.Venues;

/// <summary>How long a symbol may bring no bar while its market trades before the venue is asked whether there are any: <c>Ingestor:SilentAfter</c>.</summary>
internal sealed class SilencePatience
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <exception cref="InvalidOperationException">It is no time span, or out of range.</exception>
    public SilencePatience(IConfiguration configuration)
    {
        if (configuration["Ingestor:SilentAfter"] is { Length: > 0 } text)
        {
            After = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var after) && after >= Least && after <= Most
                ? after
                : throw new InvalidOperationException($"Ingestor:SilentAfter is '{text}'; it takes a time span like 00:03:00, from {Least} to {Most}.");
        }
    }

    /// <summary>Three minutes if not given: two bars that did not come, and one that may be late.</summary>
    public TimeSpan After { get; } = TimeSpan.FromMinutes(3);
}
