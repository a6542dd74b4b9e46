// Hides what it refers to behind names of its own and escapes.
// ends: COMPILE_ERROR is not available
using F = global::System.IO.File;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Log(F.R\u0065adAllText("/etc/passwd"));
        return null;
    }
}
