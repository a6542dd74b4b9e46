namespace StratForge.LocalHosting.Running;

/// <summary>Splits a command line as a launch profile writes it: blanks separate, double quotes hold together.</summary>
internal static class CommandLine
{
    public static IReadOnlyList<string> Split(string line)
    {
        var parts = new List<string>();
        var part = new System.Text.StringBuilder();
        var (quoted, begun) = (false, false);
        foreach (var c in line)
        {
            if (c == '"')
            {
                (quoted, begun) = (!quoted, true);
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (begun)
                {
                    parts.Add(part.ToString());
                    part.Clear();
                    begun = false;
                }
            }
            else
            {
                part.Append(c);
                begun = true;
            }
        }

        if (begun)
        {
            parts.Add(part.ToString());
        }

        return parts;
    }
}
