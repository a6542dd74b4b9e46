// Starts a program.
// ends: STRATEGY_ERROR Win32Exception
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        System.Diagnostics.Process.Start("/bin/touch", "__FOLDER__/__MARKER__").WaitForExit();
        throw new InvalidOperationException("escaped");
    }
}
