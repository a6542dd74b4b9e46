using Microsoft.Extensions.Logging;

namespace StratForge.Schema;

/// <summary>What the migration says.</summary>
internal static partial class SchemaLog
{
    public static void Report(ILogger logger, IReadOnlyList<string> applied)
    {
        if (applied.Count == 0)
        {
            UpToDate(logger);
        }
        else
        {
            Applied(logger, applied.Count, string.Join(", ", applied));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    public static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "The schema is up to date")]
    private static partial void UpToDate(ILogger logger);

    [LoggerMessage(LogLevel.Information, "Applied {Count} scripts: {Names}")]
    private static partial void Applied(ILogger logger, int count, string names);
}
