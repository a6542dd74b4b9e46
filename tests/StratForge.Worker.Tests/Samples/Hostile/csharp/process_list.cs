// Looks at the processes of others.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        if (System.Diagnostics.Process.GetProcesses().Length == 0)
        {
            throw new UnauthorizedAccessException("none");
        }
        throw new InvalidOperationException("escaped");
    }
}
