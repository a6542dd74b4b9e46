// Opens a named pipe.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
using System.IO.Pipes;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new NamedPipeServerStream("__MARKER__").WaitForConnection();
        throw new InvalidOperationException("escaped");
    }
}
