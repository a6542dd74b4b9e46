using Npgsql;
using StratForge.Alpaca;

namespace StratForge.Gateway.Market;

/// <summary>Works on downloads, a symbol at a time: then it is the turn of whose owner was served longest ago. Each gateway takes what no other works on.</summary>
internal sealed partial class Downloads(
    MarketJobStore jobs, BarWriter writer, IBarHistory history, TimeProvider clock, ILogger<Downloads> logger) : BackgroundService
{
    private const int MostTries = 8;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await jobs.FailLostImportsAsync(stoppingToken);
                while (await jobs.ClaimAsync(stoppingToken) is { } job)
                {
                    await WorkAsync(job, stoppingToken);
                }
            }
            catch (NpgsqlException exception)
            {
                // What is not written is done again by whoever takes the job up.
                LogPostponed(exception.Message);
            }
        }
    }

    private async Task WorkAsync(ClaimedDownload job, CancellationToken cancellationToken)
    {
        try
        {
            var next = job.NextSymbol + 1;
            if (job.NextSymbol < job.Symbols.Count && !await FetchAsync(job, cancellationToken))
            {
                await jobs.EndAsync(job, "CANCELED", error: null, cancellationToken);
            }
            else if (next >= job.Symbols.Count)
            {
                await jobs.EndAsync(job, "COMPLETED", error: null, cancellationToken);
            }
            else if (!await jobs.YieldAsync(job, next, cancellationToken))
            {
                await jobs.EndAsync(job, "CANCELED", error: null, cancellationToken);
            }
        }
        catch (AlpacaException refused)
        {
            LogFailed(job.Id, refused.Message);
            await jobs.EndAsync(job, "FAILED", $"The broker does not give these bars: {refused.Message}. What was stored stays; ask again for the rest.", cancellationToken);
        }
    }

    /// <returns>Whether to go on after this symbol.</returns>
    private async Task<bool> FetchAsync(ClaimedDownload job, CancellationToken cancellationToken)
    {
        var (symbol, from) = (job.Symbols[job.NextSymbol], job.NextAt);
        var (tries, wait) = (1, FirstRetryAfter);
        while (true)
        {
            try
            {
                await foreach (var page in history.ReadAsync(symbol, job.Timeframe, from, job.End, cancellationToken))
                {
                    var good = page.Where(bar => bar.Fault is null).DistinctBy(bar => bar.At).ToList();
                    var problems = page.Select((bar, line) => new LineProblem(line + 1, $"{symbol} at {bar.At:u}: {bar.Fault}")).Where((_, line) => page[line].Fault is not null).ToList();
                    var stored = await writer.WriteAsync(job.Timeframe, good, overwrite: false, cancellationToken);
                    from = page[^1].At + TimeSpan.FromMinutes(1);
                    (tries, wait) = (1, FirstRetryAfter);
                    var step = new JobStep(page.Count, stored, good.Count - stored, page.Count - good.Count, [.. problems.Take(20)]);
                    if (!await jobs.AdvanceAsync(job, step, job.NextSymbol, from, cancellationToken))
                    {
                        return false;
                    }
                }

                return true;
            }
            catch (AlpacaException busy) when (busy.IsTransient && tries < MostTries)
            {
                tries++;
                LogRetry(symbol, busy.Message, wait.TotalMilliseconds);
                await Task.Delay(busy.Error?.RetryAfter ?? wait, clock, cancellationToken);
                wait *= 2;
                if (!await jobs.AdvanceAsync(job, JobStep.Nothing, job.NextSymbol, from, cancellationToken))
                {
                    return false;
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Downloads wait for the database: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Warning, "Bars of {Symbol} did not come: {Reason}. Asking again in {Milliseconds:0} ms")]
    private partial void LogRetry(string symbol, string reason, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "Download {Job} failed: {Reason}")]
    private partial void LogFailed(Guid job, string reason);
}
