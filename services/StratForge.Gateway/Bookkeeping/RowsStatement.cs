using Npgsql;
using NpgsqlTypes;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>One statement over many rows: a parameter per column, an array each. Made once for a connection and filled for every unit of work, since what
/// a parameter finds out about its type it remembers.</summary>
/// <typeparam name="T">One row.</typeparam>
/// <param name="sql">Its text.</param>
internal sealed class RowsStatement<T>(string sql)
{
    private readonly NpgsqlBatchCommand _command = new(sql);
    private readonly List<Action<IReadOnlyCollection<T>, UnitFacts>> _fill = [];

    /// <summary>The next parameter is a column of the rows.</summary>
    public RowsStatement<T> Column<TValue>(NpgsqlDbType type, Func<T, TValue> read) => Column(type, (row, _) => read(row));

    /// <summary>The next parameter is a column of the rows, which also depends on the unit of work.</summary>
    public RowsStatement<T> Column<TValue>(NpgsqlDbType type, Func<T, UnitFacts, TValue> read)
    {
        var parameter = new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type };
        _command.Parameters.Add(parameter);
        _fill.Add((rows, unit) =>
        {
            var values = new TValue[rows.Count];
            var i = 0;
            foreach (var row in rows)
            {
                values[i++] = read(row, unit);
            }

            parameter.TypedValue = values;
        });
        return this;
    }

    /// <summary>The next parameter is when the unit of work happens.</summary>
    public RowsStatement<T> Now() => Value(NpgsqlDbType.TimestampTz, static unit => unit.Now);

    /// <summary>The next parameter is one value.</summary>
    public RowsStatement<T> Value<TValue>(NpgsqlDbType type, Func<UnitFacts, TValue> read)
    {
        var parameter = new NpgsqlParameter<TValue> { NpgsqlDbType = type };
        _command.Parameters.Add(parameter);
        _fill.Add((_, unit) => parameter.TypedValue = read(unit));
        return this;
    }

    /// <summary>Adds it to a batch.</summary>
    public void AddTo(NpgsqlBatch batch, IReadOnlyCollection<T> rows, UnitFacts unit)
    {
        foreach (var fill in _fill)
        {
            fill(rows, unit);
        }

        batch.BatchCommands.Add(_command);
    }
}

/// <summary>What is the same for everything that a unit of work writes.</summary>
/// <param name="Now">When it happens.</param>
/// <param name="Epoch">Under which this gateway writes.</param>
internal readonly record struct UnitFacts(DateTimeOffset Now, long Epoch);
