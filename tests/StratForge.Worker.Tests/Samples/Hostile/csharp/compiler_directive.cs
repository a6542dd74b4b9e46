// Tells the compiler to read other files.
// ends: COMPILE_ERROR
#load "/etc/passwd"
#r "__WORKER__/StratForge.Worker.dll"
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar) => null;
}
