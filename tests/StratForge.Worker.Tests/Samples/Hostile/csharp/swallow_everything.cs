// Catches every error of its own process.
// ends: EVENT_TIMEOUT CPU
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        AppDomain.CurrentDomain.FirstChanceException += static (_, _) => { };
        while (true)
        {
            try
            {
                throw new FormatException();
            }
            catch (Exception)
            {
            }
        }
    }
}
