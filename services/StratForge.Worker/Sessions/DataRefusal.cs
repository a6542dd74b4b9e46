using Npgsql;

namespace StratForge.Worker.Sessions;

/// <summary>Tells a database that refuses what it is given from one that is away.</summary>
internal static class DataRefusal
{
    /// <summary>Whether the data are bad, or break a rule of the schema: no later attempt will fare better.</summary>
    public static bool IsOfData(this PostgresException exception) => exception.SqlState is ['2', '2' or '3', ..];
}
