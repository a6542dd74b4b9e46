using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Jobs;

/// <summary>Takes jobs nobody does and has them done, a few at once: running sessions come first.</summary>
internal sealed partial class JobDesk(
    JobStore jobs,
    IEnumerable<IJobRunner> runners,
    WorkerLease lease,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<JobDesk> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // Every worker counts the same.
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IJobRunner> _runners = runners.ToDictionary(runner => runner.Kind, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, JobUnderWay> _underWay = new();
    private long _countedAt;
    private long _waiting;

    /// <summary>Jobs under way here.</summary>
    public int Running => _underWay.Count;

    /// <summary>Jobs that no worker does yet, when last counted.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var left = _underWay.Values.ToArray();
        foreach (var work in left)
        {
            await work.Canceling.CancelAsync();
        }

        await Task.WhenAll(left.Select(work => work.Ended)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await jobs.ReleaseAsync([.. left.Select(work => work.Job)], cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            // They are free as soon as this worker is missed.
            LogFailed(exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            try
            {
                await ReportAsync(stoppingToken);
                await ClaimAsync(stoppingToken);
                await CountAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogFailed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var known = _underWay.Values.ToArray();
        if (known.Length == 0)
        {
            return;
        }

        var held = await jobs.ReportAsync([.. known.Select(work => (work.Job, work.Progress))], cancellationToken);
        foreach (var work in known)
        {
            work.IsLost = !held.TryGetValue(work.Job.Id, out var canceled);
            work.IsCanceled = canceled;
            if (work.IsLost || canceled)
            {
                await work.Canceling.CancelAsync();
            }
        }
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var room = options.Value.ConcurrentJobs - _underWay.Count;
        if (room <= 0 || _runners.Count == 0)
        {
            return;
        }

        foreach (var job in await jobs.ClaimAsync(lease.Owner, [.. _runners.Keys], [.. _underWay.Keys], room, clock.GetUtcNow(), cancellationToken))
        {
            var work = new JobUnderWay(job);
            _underWay[job.Id] = work;
            work.Ended = RunAsync(work, cancellationToken);
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        if (_countedAt == 0 || clock.GetElapsedTime(_countedAt) >= CountEvery)
        {
            _countedAt = clock.GetTimestamp();
            Interlocked.Exchange(ref _waiting, await jobs.CountWaitingAsync(cancellationToken));
        }
    }

    private async Task RunAsync(JobUnderWay work, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await EndAsync(work.Job, await OutcomeAsync(work), stopping);
        }
        catch (OperationCanceledException) when (work.IsLost)
        {
            // Another worker does it.
        }
        catch (OperationCanceledException)
        {
            // This one goes down: it is released with the others.
            return;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nobody knows what became of it: some worker claims it again.
            LogSurprise(work.Job.Id, work.Job.Kind, exception);
        }

        _underWay.TryRemove(work.Job.Id, out _);
    }

    /// <returns>Null when its user gave it up.</returns>
    private async Task<JobOutcome?> OutcomeAsync(JobUnderWay work)
    {
        var (id, kind) = (work.Job.Id, work.Job.Kind);
        try
        {
            return work.Job.Attempts > JobStore.MostAttempts
                ? new JobOutcome.Failed(new HostFailure(
                    HostFailure.Crashed, $"{JobStore.MostAttempts} workers were lost while they did it. Its operator finds more in their logs."))
                : await DoAsync(work);
        }
        catch (OperationCanceledException) when (work.IsCanceled)
        {
            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or FormatException or System.Text.Json.JsonException)
        {
            LogUnreadable(id, kind, exception);
            return new JobOutcome.Failed(new HostFailure(
                HostFailure.DataCorrupt, "What is stored about it can't be read. Its operator finds more in the worker's log."));
        }
        catch (Exception exception) when (
            exception is not OutOfMemoryException && !(exception is OperationCanceledException && work.Canceling.IsCancellationRequested))
        {
            LogSurprise(id, kind, exception);
            return new JobOutcome.Failed(HostFailure.OfSurprise(exception));
        }
    }

    private async Task<JobOutcome> DoAsync(JobUnderWay work)
    {
        while (true)
        {
            try
            {
                return await _runners[work.Job.Kind].RunAsync(work.Job, work, work.Canceling.Token);
            }
            catch (NpgsqlException exception) when (!(exception is PostgresException refusal && refusal.IsOfData()))
            {
                LogFailed(exception.Message);
                await Task.Delay(LookEvery, clock, work.Canceling.Token);
            }
        }
    }

    private async Task EndAsync(Job job, JobOutcome? outcome, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await (outcome switch
                {
                    JobOutcome.Completed(var result) => jobs.CompleteAsync(job, result, clock.GetUtcNow(), stopping),
                    JobOutcome.Failed(var failure) => jobs.FailAsync(job, failure, clock.GetUtcNow(), stopping),
                    _ => jobs.CancelAsync(job, clock.GetUtcNow(), stopping),
                });
                LogEnded(job.Id, job.Kind, outcome?.GetType().Name ?? "Canceled");
                return;
            }
            catch (PostgresException exception) when (exception.IsOfData() && outcome is JobOutcome.Completed)
            {
                outcome = new JobOutcome.Failed(new HostFailure(HostFailure.DataCorrupt, $"What came of it can't be stored: {exception.MessageText}."));
            }
            catch (NpgsqlException exception)
            {
                LogFailed(exception.Message);
                await Task.Delay(LookEvery, clock, stopping);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Job {JobId} ({Kind}) ended: {Outcome}")]
    private partial void LogEnded(Guid jobId, string kind, string outcome);

    [LoggerMessage(LogLevel.Warning, "Jobs can't be seen to now, trying again: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Error, "Job {JobId} ({Kind}) can't be done with what is stored")]
    private partial void LogUnreadable(Guid jobId, string kind, Exception exception);

    [LoggerMessage(LogLevel.Error, "Job {JobId} ({Kind}) can't be done, for a reason that nobody expects")]
    private partial void LogSurprise(Guid jobId, string kind, Exception exception);

    /// <summary>A job from its claim to its end.</summary>
    private sealed class JobUnderWay(Job job) : IProgress<double>
    {
        private double _progress;

        public Job Job { get; } = job;

        public CancellationTokenSource Canceling { get; } = new();

        public Task Ended { get; set; } = Task.CompletedTask;

        public bool IsCanceled { get; set; }

        public bool IsLost { get; set; }

        public double Progress => Volatile.Read(ref _progress);

        public void Report(double value) => Volatile.Write(ref _progress, Math.Clamp(value, 0, 1));
    }
}
