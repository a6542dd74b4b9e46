// Never finishes its start handler.
// ends: INIT_TIMEOUT
public sealed class Hostile : Strategy
{
    public override void OnStart()
    {
        while (true)
        {
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        return null;
    }
}
