using System.ComponentModel;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Sessions;

/// <summary>A line of a session's log.</summary>
/// <param name="Id">Rises within the platform.</param>
/// <param name="At">When it was written.</param>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What the strategy or the platform said, at most 2,048 characters; control characters but line ends and tabs are escaped.</param>
public sealed record LogLine(long Id, DateTimeOffset At, string Level, string Message);

/// <summary>Which lines of a log.</summary>
internal sealed record LogFilter : IValidated
{
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    [Description("debug, info, warning or error: lines of this level and above. All if not given.")]
    public string? Level { get; init; }

    [Description("true: server-sent events, which go on until the session has ended.")]
    public bool? Follow { get; init; }

    /// <summary>Levels of the lines to show.</summary>
    public string[] Shown => Level is null ? Levels : Levels[Array.IndexOf(Levels, Level)..];

    public void Validate(FieldErrors errors)
    {
        if (Level is not null && !Levels.Contains(Level, StringComparer.Ordinal))
        {
            errors.Add("level", "may be debug, info, warning or error.");
        }
    }
}

/// <summary>Lines of a log, oldest first, and the number up to which there are no others that the filter shows.</summary>
internal sealed record LogPart(IReadOnlyList<LogLine> Lines, long Through);

/// <summary>What sessions logged.</summary>
internal sealed class SessionLogs(NpgsqlDataSource database)
{
    /// <summary>A page of the log, newest first.</summary>
    public async Task<Page<LogLine>> ListAsync(Guid id, LogFilter filter, NumberedPageQuery page, CancellationToken cancellationToken)
    {
        await using var command = Before(id, filter, page.Cursor?.Number, page.Take + 1);
        return page.Of(await command.ListAsync(Read, cancellationToken), line => line.Id);
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<LogLine> ReadAllAsync(Guid id, LogFilter filter, CancellationToken cancellationToken) =>
        Chunks.ReadAsync((long? before, int take) => Before(id, filter, before, take), Read, line => line.Id, CsvFile.MostRows, cancellationToken);

    /// <summary>The first lines after one, oldest first, and how far the log has been looked through with them.</summary>
    public async Task<LogPart> ListAfterAsync(Guid id, LogFilter filter, long after, int limit, CancellationToken cancellationToken)
    {
        // Asked before the lines: whatever is written in between comes next time. Without it lines of other levels would be read again each time.
        await using var newest = database.Command("select max(id) from session_logs where session_id = $1", id);
        var written = await newest.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
        await using var command = database.Command("""
            select id, at, level, message
            from session_logs
            where session_id = $1 and id > $2 and level = any ($3)
            order by id
            limit $4
            """, id, after, filter.Shown, limit);
        var lines = await command.ListAsync(Read, cancellationToken);
        var last = lines.Count > 0 ? lines[^1].Id : after;
        return new LogPart(lines, lines.Count < limit ? Math.Max(last, written) : last);
    }

    private NpgsqlCommand Before(Guid id, LogFilter filter, long? before, int limit) =>
        database.Command("""
            select id, at, level, message
            from session_logs
            where session_id = $1 and ($2::bigint is null or id < $2) and level = any ($3)
            order by id desc
            limit $4
            """, id, before, filter.Shown, limit);

    private static LogLine Read(NpgsqlDataReader rows) => new(rows.GetInt64(0), rows.At(1), rows.GetString(2), rows.GetString(3));
}
