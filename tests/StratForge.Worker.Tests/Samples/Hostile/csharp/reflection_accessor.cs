// Reaches into what is private with an attribute of its own.
// ends: STRATEGY_ERROR|RUNNING
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = "ToLowerInvariant")]
    private static extern string Text(string text);

    public override Signal? OnBar(Bar bar)
    {
        Log(Text("a"));
        return null;
    }
}
