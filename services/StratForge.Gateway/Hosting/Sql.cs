using Npgsql;

namespace StratForge.Gateway.Hosting;

/// <summary>Commands with positional parameters, and columns that may be null: what every store of the gateway writes the same way.</summary>
internal static class Sql
{
    /// <summary>A command whose <c>$1</c>, <c>$2</c>, … are <paramref name="values"/> in order; null becomes SQL's null.</summary>
    /// <remarks>A single array that is one value has to be wrapped, <c>[symbols]</c>, or its elements become the values.</remarks>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params ReadOnlySpan<object?> values) =>
        With(database.CreateCommand(sql), values);

    /// <summary>The same on a connection, inside whatever transaction it is in.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values) =>
        With(new NpgsqlCommand(sql, connection), values);

    /// <summary>Adds one statement to a batch.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>Every row of the answer, read by <paramref name="read"/>.</summary>
    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<T>();
        while (await rows.ReadAsync(cancellationToken))
        {
            list.Add(read(rows));
        }

        return list;
    }

    /// <summary>The first row of the answer, or null.</summary>
    public static async Task<T?> FirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? read(rows) : null;
    }

    /// <summary>A column of a reference type that may be null.</summary>
    public static string? Text(this NpgsqlDataReader rows, int column) =>
        rows.IsDBNull(column) ? null : rows.GetString(column);

    /// <summary>A column of a value type that may be null.</summary>
    public static T? Maybe<T>(this NpgsqlDataReader rows, int column)
        where T : struct =>
        rows.IsDBNull(column) ? null : rows.GetFieldValue<T>(column);

    /// <summary>An instant, UTC.</summary>
    public static DateTimeOffset At(this NpgsqlDataReader rows, int column) =>
        rows.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlCommand With(NpgsqlCommand command, ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
