using Npgsql;

namespace StratForge.Schema;

/// <summary>A script could not be applied; names it and what Postgres says.</summary>
public sealed class ScriptFailedException : Exception
{
    internal ScriptFailedException(Script script, PostgresException cause)
        : base($"Script {script.Name} failed: {cause.SqlState} {cause.MessageText}", cause)
    {
    }
}
