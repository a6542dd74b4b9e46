namespace StratForge.Ingestor.Bars;

/// <summary>The one timeframe that is numbered, published and asked for; longer ones are made of it.</summary>
internal static class Timeframe
{
    /// <summary>As bus and tables spell it.</summary>
    public const string Name = "1m";

    /// <summary>The venue's own bar of a whole day, auctions included, as tables spell it.</summary>
    public const string DayName = "1d";

    /// <summary>As the venue spells it.</summary>
    public const string VenueName = "1Min";

    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    /// <summary>Start of the last bar that is closed at <paramref name="instant"/>.</summary>
    public static DateTimeOffset LastClosedAt(DateTimeOffset instant) => StartOf(instant) - Length;

    public static DateTimeOffset StartOf(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % Length.Ticks), TimeSpan.Zero);
}
