using Npgsql;

namespace StratForge.Schema;

/// <summary>A script could not be applied; names it and what Postgres or the connection to it says.</summary>
public sealed class ScriptFailedException : Exception
{
    internal ScriptFailedException(Script script, NpgsqlException cause)
        : base($"Script {script.Name} failed: {(cause is PostgresException said ? $"{said.SqlState} {said.MessageText}" : cause.Message)}", cause)
    {
    }
}
