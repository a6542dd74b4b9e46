// Prints without end.
// ends: OUTPUT_LIMIT
// platform: COMPILE_ERROR Console is not available
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        while (true)
        {
            Console.Out.Write(new string('x', 65_536));
        }
    }
}
