namespace StratForge.Schema;

/// <summary>The database was not made by these scripts: one it remembers was edited, is missing, or lies before one not yet applied.</summary>
public sealed class SchemaDriftException : Exception
{
    private SchemaDriftException(string message)
        : base(message)
    {
    }

    internal static void ThrowIfDrifted(IReadOnlyList<Script> scripts, IReadOnlyList<AppliedScript> applied)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            var (name, checksum) = applied[i];
            if (scripts.FirstOrDefault(script => script.Name == name) is not { } script)
            {
                throw new SchemaDriftException(
                    $"The database knows a script {name} that this version does not have: it was made by a newer version. " +
                    "Start that version, or restore a backup from before it.");
            }

            if (script.Checksum != checksum)
            {
                throw new SchemaDriftException(
                    $"Script {name} was edited after it was applied to this database. Put its old text back and make the " +
                    "change in a new script.");
            }

            if (scripts[i].Name != name)
            {
                throw new SchemaDriftException(
                    $"Script {scripts[i].Name} would have to be applied before {name}, which already is. " +
                    "Give the new script a number after the last one.");
            }
        }
    }
}
