// Spins in a finaliser.
// ends: CPU_LIMIT|EVENT_TIMEOUT
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = new Endless();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return null;
    }
}

public sealed class Endless
{
    ~Endless()
    {
        while (true)
        {
        }
    }
}
