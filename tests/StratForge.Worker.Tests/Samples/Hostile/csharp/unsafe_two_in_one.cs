// Takes one object for another by laying two references on each other.
// ends: RUNNING 42
// platform: COMPILE_ERROR StructLayoutAttribute is not available
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var both = new Both { Text = "x" };
        both.Number = [42];
        Log($"{both.Number[0]}");
        return null;
    }
}

[StructLayout(LayoutKind.Explicit)]
public struct Both
{
    [FieldOffset(0)]
    public string Text;

    [FieldOffset(0)]
    public int[] Number;
}
