// Runs code when it is loaded, before it is asked.
// ends: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Early() => throw new InvalidOperationException("escaped");

    public override Signal? OnBar(Bar bar) => null;
}
