namespace StratForge.Alpaca;

/// <summary>The venue's clock and regular session: <c>GET /v2/clock</c>. Instants carry New York's offset.</summary>
/// <param name="Timestamp">The venue's time; a replayed market's time lies in its own past.</param>
/// <param name="IsOpen">Whether the regular session is on.</param>
/// <param name="NextOpen">Start of the next regular session.</param>
/// <param name="NextClose">End of this session while open, else of the next.</param>
public sealed record AlpacaClock(DateTimeOffset Timestamp, bool IsOpen, DateTimeOffset NextOpen, DateTimeOffset NextClose);
