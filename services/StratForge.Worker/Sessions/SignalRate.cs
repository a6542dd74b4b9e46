namespace StratForge.Worker.Sessions;

/// <summary>Counts a session's signals per minute of the market's clock: at whatever speed the market runs, and again the same on a replay.</summary>
/// <param name="limit">Most signals in one minute.</param>
internal sealed class SignalRate(int limit)
{
    private long _minute = long.MinValue;
    private int _count;

    /// <returns>Whether <paramref name="count"/> more at <paramref name="at"/> are within the limit.</returns>
    public bool Allows(DateTimeOffset at, int count)
    {
        var minute = at.ToUnixTimeSeconds() / 60;
        if (minute != _minute)
        {
            _minute = minute;
            _count = 0;
        }

        _count += count;
        return _count <= limit;
    }
}
