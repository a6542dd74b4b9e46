using Npgsql;

namespace StratForge.Schema;

/// <summary>A script could not be applied; names it, the line and what Postgres says.</summary>
public sealed class ScriptFailedException : Exception
{
    internal ScriptFailedException(Script script, PostgresException cause)
        : base($"Script {script.Name} failed{LineOf(script, cause)}: {cause.SqlState} {cause.MessageText}", cause)
    {
    }

    private static string LineOf(Script script, PostgresException cause) =>
        cause.Position > 0 && cause.Position <= script.Sql.Length
            ? $" at line {script.Sql.AsSpan(0, cause.Position - 1).Count('\n') + 1}"
            : "";
}
