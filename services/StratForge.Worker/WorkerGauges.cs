using System.Diagnostics.Metrics;
using StratForge.Worker.Jobs;
using StratForge.Worker.Sessions;

namespace StratForge.Worker;

/// <summary>Shows how far this worker is behind, as of the last look at its sessions, a second ago at most.</summary>
internal sealed class WorkerGauges : IHostedService, IDisposable
{
    private static readonly (SessionStage Stage, string Name)[] s_states =
    [
        (SessionStage.Waiting, "waiting"), (SessionStage.Starting, "starting"), (SessionStage.CatchingUp, "catching_up"), (SessionStage.Live, "live"),
        (SessionStage.Ending, "ending"),
    ];

    /// <param name="sessions">Whose sessions.</param>
    /// <param name="journal">What puts their events on tape.</param>
    /// <param name="jobs">What does replays and the like.</param>
    public WorkerGauges(SessionDesk sessions, SessionJournal journal, JobDesk jobs)
    {
        Meter.CreateObservableUpDownCounter("stratforge.worker.sessions", () => SessionsOf(sessions.Counts), "{session}", "Sessions of this worker, by state.");
        Meter.CreateObservableUpDownCounter(
            "stratforge.worker.starts.waiting", () => sessions.StartsWaiting, "{session}", "Sessions whose host is started once others have been.");
        Meter.CreateObservableUpDownCounter("stratforge.worker.queued", () => sessions.Counts.Queued, "{event}", "Events that wait for hosts.");
        Meter.CreateObservableGauge("stratforge.worker.queued.deepest", () => sessions.Counts.Deepest, "{event}", "The most of them that wait for one host.");
        Meter.CreateObservableGauge(
            "stratforge.worker.bar.lag.longest", () => sessions.Counts.LongestBarLag.TotalSeconds, "s",
            "Longest that a bar waited for its last host, in the second before the last look.");
        Meter.CreateObservableUpDownCounter(
            "stratforge.worker.signals.waiting", () => sessions.Counts.SignalsWaiting, "{event}", "Events whose signals are not sent yet, or are to be sent again.");
        Meter.CreateObservableUpDownCounter("stratforge.worker.tape.waiting", () => journal.Waiting, "{event}", "Events that are not on tape yet.");
        Meter.CreateObservableUpDownCounter("stratforge.worker.jobs.running", () => jobs.Running, "{job}", "Jobs that this worker does.");
        Meter.CreateObservableGauge(
            "stratforge.worker.jobs.waiting", () => jobs.Waiting, "{job}", "Jobs that no worker does yet: of all workers, not of this one.");
    }

    /// <summary>Where they are.</summary>
    public Meter Meter { get; } = new(WorkerTelemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => Meter.Dispose();

    private static IEnumerable<Measurement<int>> SessionsOf(SessionCounts counts) =>
        s_states.Select(state => new Measurement<int>(counts.At(state.Stage), new KeyValuePair<string, object?>("state", state.Name)));
}
