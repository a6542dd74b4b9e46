using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Validation;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Jobs;
using StratForge.Worker.Replays;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Validation;

/// <summary>Examines strategies for their authors (docs/adr/0010).</summary>
internal sealed class ValidationRunner(SessionServices services, CompileDesk compiler, HostSpawner spawner, HostPrograms programs) : IJobRunner
{
    public string Kind => ValidateStrategy.JobKind;

    public async Task<JobOutcome> RunAsync(Job job, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var asked = JsonSerializer.Deserialize(job.Request, ContractsJson.Default.ValidateStrategy)
            ?? throw new InvalidDataException("A validation of nothing.");
        try
        {
            var report = await new Examination(job.UserId, asked, services, compiler, spawner, programs, progress).RunAsync(cancellationToken);
            return new JobOutcome.Completed(JsonSerializer.Serialize(report, ContractsJson.Default.ValidationReport));
        }
        catch (HostFailedException failed)
        {
            return new JobOutcome.Failed(failed.Failure);
        }
    }
}
