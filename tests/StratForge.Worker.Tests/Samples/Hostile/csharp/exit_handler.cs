// Spins when it is to end.
// ends: STRATEGY_ERROR|EVENT_TIMEOUT
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
        {
            while (true)
            {
            }
        };
        throw new FormatException("done");
    }
}
