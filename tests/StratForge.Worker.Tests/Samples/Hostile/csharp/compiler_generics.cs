// Makes types that double with every call.
// ends: STRATEGY_ERROR|CRASHED|MEMORY_LIMIT|EVENT_TIMEOUT
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Log(Deep<int>(50_000));
        return null;
    }

    private static string Deep<T>(int left) => left == 0 ? typeof(T).Name : Deep<(T, T)>(left - 1);
}
