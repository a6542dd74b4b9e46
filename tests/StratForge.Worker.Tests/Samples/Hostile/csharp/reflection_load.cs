// Loads an assembly from elsewhere.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = System.Runtime.Loader.AssemblyLoadContext.Default.LoadFromAssemblyPath("__WORKER__/StratForge.Worker.dll");
        return null;
    }
}
