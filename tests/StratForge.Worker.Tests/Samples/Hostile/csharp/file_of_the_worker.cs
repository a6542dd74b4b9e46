// Reads the worker that guards it.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = File.ReadAllBytes("__WORKER__/StratForge.Worker.dll");
        throw new InvalidOperationException("escaped");
    }
}
