using System.Text;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Jobs;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Replays;

/// <summary>Does replays: tells a strategy once more what a session was told, in a cage of its own, and compares.</summary>
internal sealed class ReplayRunner(
    RecordingStore recordings,
    SessionServices services,
    CompileDesk compiler,
    HostSpawner spawner,
    HostPrograms programs) : IJobRunner
{
    public string Kind => ReplayJob.Kind;

    public async Task<JobOutcome> RunAsync(Job job, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var sessionId = job.SubjectId ?? throw new InvalidDataException("A replay of no session.");
        if (await recordings.FindGoneAsync(sessionId, cancellationToken) is { } goneAt)
        {
            return new JobOutcome.Failed(new HostFailure(
                ReplayJob.TapeGone, $"What the session was told is no longer kept since {goneAt:yyyy-MM-dd HH:mm} UTC."));
        }

        var recording = await recordings.ReadAsync(sessionId, cancellationToken);
        if (recording is null)
        {
            return new JobOutcome.Failed(new HostFailure(
                ReplayJob.NothingRecorded, "The session never ran, or it ran before sessions were taped: there is nothing to replay."));
        }

        if (programs.Missing(recording.Session.Kind) is { } missing)
        {
            return new JobOutcome.Failed(new HostFailure(HostFailure.RuntimeUnavailable, $"The strategy can't run here: {missing}."));
        }

        var code = recording.Session.Kind == HostKind.Python
            ? new CompileResult(Encoding.UTF8.GetBytes(recording.Session.Code), null)
            : await compiler.CompileAsync(recording.Session.UserId, recording.Session.Code, cancellationToken);
        if (code.Failure is { } failure)
        {
            return new JobOutcome.Failed(failure);
        }

        try
        {
            using var replay = new Replay(recording, services);
            var result = await replay.RunAsync(
                (load, kind) => AskedHost.StartAsync(services, spawner, programs.Command(kind), kind, load, code.Assembly, cancellationToken),
                progress,
                cancellationToken);
            return new JobOutcome.Completed(JsonSerializer.Serialize(result, ContractsJson.Default.ReplayResult));
        }
        catch (HostFailedException failed)
        {
            return new JobOutcome.Failed(failed.Failure);
        }
    }
}
