using Microsoft.Extensions.Options;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Retention;

/// <summary>Deletes what is older than it is kept for, so that nothing grows for ever that is only looked back at.</summary>
internal sealed partial class RetentionRounds(
    RetentionStore store, IOptions<RetentionOptions> options, BookKeeper books, TimeProvider clock, ILogger<RetentionRounds> logger)
    : LeaderRounds(books, options.Value.Every, clock, logger)
{
    private readonly BookKeeper _books = books;
    private readonly TimeProvider _clock = clock;
    private readonly ILogger<RetentionRounds> _logger = logger;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        var run = new RetentionRun(store, options.Value, () => _books.IsLeading, _clock);
        try
        {
            await run.RunAsync(cancellationToken);
        }
        finally
        {
            LogDeleted(
                run.Deleted.Values.Sum(), _clock.GetElapsedTime(began).TotalSeconds,
                run.Deleted.Count == 0 ? "nothing was old enough" : string.Join(", ", run.Deleted.Select(table => $"{table.Key} {table.Value}")));
        }
    }

    [LoggerMessage(LogLevel.Information, "Retention deleted {Rows} rows in {Seconds:0.0} s: {Tables}")]
    private partial void LogDeleted(long rows, double seconds, string tables);
}
