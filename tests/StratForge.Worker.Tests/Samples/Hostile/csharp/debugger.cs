// Asks for a debugger.
// ends: CRASHED|EXITED|STRATEGY_ERROR|RUNNING
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        System.Diagnostics.Debugger.Break();
        Environment.Exit(0);
        return null;
    }
}
