using System.Globalization;

namespace StratForge.Ingestor.Bars;

/// <summary>How long bars are kept: <c>MARKET_DATA_KEEP_DAYS</c>. Not set: for ever.</summary>
internal sealed class BarRetention
{
    // A session's warm-up reads back months at most; less than that is a mistake in the unit.
    private const int LeastDays = 30;

    /// <exception cref="InvalidOperationException">It is no number of days, or too small.</exception>
    public BarRetention(IConfiguration configuration)
    {
        if (configuration["MARKET_DATA_KEEP_DAYS"] is { Length: > 0 } text)
        {
            Keep = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days >= LeastDays
                ? TimeSpan.FromDays(days)
                : throw new InvalidOperationException($"MARKET_DATA_KEEP_DAYS is '{text}'; it takes whole days, {LeastDays} or more, or nothing to keep bars for ever.");
        }
    }

    public TimeSpan? Keep { get; }
}
