// Logs a hundred thousand lines at every bar.
// ends: RUNNING yyyyy
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        for (var i = 0; i < 100_000; i++)
        {
            Log("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
        }
        return null;
    }
}
