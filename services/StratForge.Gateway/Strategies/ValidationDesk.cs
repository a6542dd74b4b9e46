using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Validation;

namespace StratForge.Gateway.Strategies;

/// <summary>Has strategies examined by a worker and waits for the answer. No line of a strategy runs in this process.</summary>
internal sealed partial class ValidationDesk(
    ValidationStore store, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ValidationDesk> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(150);

    // Workers look for jobs every second; one that has sessions to start takes a little longer.
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromSeconds(20);

    // Compilation, three hosts and their trials, on a machine that has more to do than it can.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Has one examined.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="strategyId">The strategy; null for code that belongs to none.</param>
    /// <param name="asked">What to examine.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellationToken">The caller is gone: it is given up.</param>
    public async Task<ValidationOutcome> ExamineAsync(
        Guid userId, Guid? strategyId, ValidateStrategy asked, Func<double, Task> progress, CancellationToken cancellationToken)
    {
        var (queued, refusal) = await store.QueueAsync(userId, strategyId, asked, cancellationToken);
        if (queued is not { } id)
        {
            return new ValidationOutcome.TooMany(refusal!);
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await AwaitAsync(id, progress, ends.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ValidationOutcome.Impossible("STOPPING", "This gateway goes down. Ask again.");
        }
        finally
        {
            await DropAsync(id);
        }
    }

    private async Task<ValidationOutcome> AwaitAsync(Guid id, Func<double, Task> progress, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var told = -1.0;
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (true)
        {
            switch (await store.FindAsync(id, cancellationToken))
            {
                case { Status: "COMPLETED", Result: { } result }:
                    return new ValidationOutcome.Done(
                        JsonSerializer.Deserialize(result, ContractsJson.Default.ValidationReport)
                        ?? throw new InvalidOperationException($"The report of validation {id} is empty."));
                case { Status: "FAILED" } failed:
                    return new ValidationOutcome.Impossible(failed.FailureCode!, failed.FailureDetail ?? "");
                case null or { Status: "CANCELED" }:
                    return new ValidationOutcome.Impossible("CANCELED", "It was given up.");
                case { Status: "QUEUED" } when clock.GetElapsedTime(began) > WorkerPatience:
                    return new ValidationOutcome.NoWorker();
                case { } job when clock.GetElapsedTime(began) > Patience:
                    return new ValidationOutcome.TooSlow(job.Progress);
                case { Status: "RUNNING" } job when job.Progress > told:
                    told = job.Progress;
                    await progress(told);
                    break;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task DropAsync(Guid id)
    {
        try
        {
            await store.DropAsync(id, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            // It is forgotten with the next one that is asked for.
            LogNotDropped(id, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Validation {ValidationId} is cleared away later: {Reason}")]
    private partial void LogNotDropped(Guid validationId, string reason);
}

/// <summary>What became of the wish to have a strategy examined.</summary>
internal abstract record ValidationOutcome
{
    private ValidationOutcome()
    {
    }

    /// <summary>It was, whatever was found.</summary>
    public sealed record Done(ValidationReport Report) : ValidationOutcome;

    /// <summary>Others are under way.</summary>
    public sealed record TooMany(string Code) : ValidationOutcome;

    /// <summary>No worker took it.</summary>
    public sealed record NoWorker : ValidationOutcome;

    /// <summary>It was given up.</summary>
    public sealed record TooSlow(double Progress) : ValidationOutcome;

    /// <summary>Strategies can't run there; nothing is said about this one.</summary>
    public sealed record Impossible(string Code, string Detail) : ValidationOutcome;
}
