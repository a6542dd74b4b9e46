namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>What the strategies of <see cref="BandStrategies"/> must do on given bars, computed from the bars alone.</summary>
/// <remarks>Buy ten when the close leaves the average of twenty closes by 0.02 % upwards, sell them when it leaves it downwards. The
/// rule looks at bars only, never at the account, so it says what the signals are, whatever happens to processes meanwhile.</remarks>
internal static class BandRule
{
    public const int Length = 20;
    public const decimal Quantity = 10;
    private const decimal Band = 0.0002m;

    /// <summary>The expected trades after the bar that closes at <paramref name="first"/> and before the one that
    /// closes at <paramref name="last"/>, by the close of the bar that causes them.</summary>
    public static IEnumerable<(DateTimeOffset At, string Action)> Signals(
        IReadOnlyList<RecordedBar> bars, DateTimeOffset first, DateTimeOffset last)
    {
        var holds = false;
        for (var i = Length - 1; i < bars.Count; i++)
        {
            if (bars[i].ClosesAt <= first || bars[i].ClosesAt >= last)
            {
                continue;
            }

            var average = bars.Skip(i - Length + 1).Take(Length).Average(bar => bar.Close);
            if (!holds && bars[i].Close > average * (1 + Band))
            {
                holds = true;
                yield return (bars[i].ClosesAt, "BUY");
            }
            else if (holds && bars[i].Close < average * (1 - Band))
            {
                holds = false;
                yield return (bars[i].ClosesAt, "SELL");
            }
        }
    }
}
