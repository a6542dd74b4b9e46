// Writes where nothing is.
// ends: CRASHED signal
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override unsafe Signal? OnBar(Bar bar)
    {
        *(long*)0x1234567890 = 1;
        return null;
    }
}
