namespace StratForge.Strategies;

/// <summary>A timer is due.</summary>
/// <param name="Name">Its name: as given, or as it was set up (<c>15:55 ET</c>, <c>5m before the close</c>, <c>every 30m</c>).</param>
/// <param name="At">When it was due, UTC. The clock shows the same.</param>
public readonly record struct TimerEvent(string Name, DateTimeOffset At);
