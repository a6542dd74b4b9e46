using StratForge.Worker.Hosts;

namespace StratForge.Worker.Jobs;

/// <summary>Something that a user asked for and that takes longer than a request, as this worker claimed it.</summary>
/// <param name="Id">The job.</param>
/// <param name="UserId">Who asked.</param>
/// <param name="Kind">What kind of work; one <see cref="IJobRunner"/> knows it.</param>
/// <param name="SubjectId">What it is about.</param>
/// <param name="Request">What exactly was asked, JSON.</param>
/// <param name="Epoch">Of this claim.</param>
/// <param name="Attempts">How often it was begun, this time included.</param>
internal sealed record Job(Guid Id, Guid UserId, string Kind, Guid? SubjectId, string Request, long Epoch, int Attempts);

/// <summary>Does the jobs of one kind.</summary>
internal interface IJobRunner
{
    /// <summary>The kind, as the gateway writes it.</summary>
    string Kind { get; }

    /// <summary>Does one job. It may have been begun before, by a worker that is gone.</summary>
    /// <param name="job">The job.</param>
    /// <param name="progress">Told the share of the work that is done, 0 to 1.</param>
    /// <param name="cancellationToken">The user gave it up, or the worker goes down.</param>
    Task<JobOutcome> RunAsync(Job job, IProgress<double> progress, CancellationToken cancellationToken);
}

/// <summary>How a job ended.</summary>
internal abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Result">What came out, JSON.</param>
    public sealed record Completed(string Result) : JobOutcome;

    /// <summary>It can't be done; the user reads why.</summary>
    public sealed record Failed(HostFailure Failure) : JobOutcome;
}
