using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>Creates a database when its server is ready, and shares the server's state after that.</summary>
internal sealed class DatabaseFollower(PostgresDatabaseResource database, InstanceServices engine)
{
    public void Announce() => Publish(KnownResourceStates.NotStarted, ready: false, failure: null);

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var ready = false;
        try
        {
            await foreach (var change in engine.Notifications.WatchAsync(cancellationToken))
            {
                if (!ReferenceEquals(change.Resource, database.Parent))
                {
                    continue;
                }

                var server = change.Snapshot;
                if (server is { State.Text: "Running", IsReady: true })
                {
                    if (!ready)
                    {
                        ready = await MakeReadyAsync(cancellationToken);
                    }
                }
                else
                {
                    ready = false;
                    Publish(server.State?.Text ?? KnownResourceStates.NotStarted, ready: false, server.Failure);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> MakeReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DatabaseCreation.EnsureAsync(database, line => engine.Logs.Write(database.Parent.Name, line, isError: false), cancellationToken);
            await engine.Eventing.PublishAsync(new ResourceReadyEvent(database, engine.Services), cancellationToken);
            Publish(KnownResourceStates.Running, ready: true, failure: null);
            return true;
        }
        catch (Exception exception) when (exception is DistributedApplicationException or System.Data.Common.DbException)
        {
            engine.Report.Fail($"{database.Name} failed to start", exception.Message, []);
            Publish(KnownResourceStates.FailedToStart, ready: false, exception.Message);
            return false;
        }
    }

    private void Publish(string state, bool ready, string? failure) =>
        engine.Notifications.Publish(database, database.Name, snapshot => snapshot with { State = state, IsReady = ready, Failure = failure });
}
