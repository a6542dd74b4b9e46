// Matches with a pattern that backtracks for ever.
// ends: EVENT_TIMEOUT CPU
using System.Text.RegularExpressions;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = Regex.IsMatch(new string('a', 60) + "b", "^(a+)+$");
        return null;
    }
}
