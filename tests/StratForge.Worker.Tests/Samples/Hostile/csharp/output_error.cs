// Writes to its standard error without end.
// ends: OUTPUT_LIMIT
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        while (true)
        {
            Console.Error.Write(new string('x', 65_536));
        }
    }
}
