// Keeps a zero character, which the database refuses.
// ends: RUNNING What the strategy keeps is not stored: it holds the zero character.
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        State.Set("x", "a\0b");
        State.Set("close", bar.Close);
        return null;
    }
}
