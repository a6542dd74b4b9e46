using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

// From the claim on a session to its end here: code, history, host, restarts.
internal sealed partial class SessionDesk
{
    private static readonly TimeSpan HistoryLook = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, bool> _withBars = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starts = new(options.Value.ConcurrentStarts);

    private async Task RunAsync(HeldSession held)
    {
        try
        {
            var claim = held.Claim;
            if (claim.IsStopping)
            {
                await EndAsync(held, failure: null);
                return;
            }

            if (programs.Missing(claim.Kind) is { } missing)
            {
                services.Cage.Failed(claim.Kind, missing);
                await EndAsync(held, new HostFailure(HostFailure.RuntimeUnavailable, $"The strategy can't run here: {missing}."));
                return;
            }

            var code = await CodeAsync(claim);
            if (code.Failure is { } failure)
            {
                await EndAsync(held, failure);
                return;
            }

            await AwaitHistoryAsync(held);
            await AwaitStartAsync();
            try
            {
                await StartAsync(held, code.Assembly!);
            }
            finally
            {
                _starts.Release();
            }
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down: the session is released with the others.
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or FormatException)
        {
            // What is stored about it can't be read: it stops loudly rather than go on with something else.
            LogUnreadable(held.Claim.Id, exception);
            await EndQuietlyAsync(held, new HostFailure(
                HostFailure.DataCorrupt, "What is stored about this session can't be read. Its operator finds more in the worker's log."));
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            LogSurprise(held.Claim.Id, exception);
            await EndQuietlyAsync(held, HostFailure.OfSurprise(exception));
        }
        finally
        {
            // Nothing of it runs, or will: whoever wants to hand it over need not wait.
            if (held.Session is null)
            {
                held.Gone.TrySetResult();
            }
        }
    }

    private async Task AwaitStartAsync()
    {
        Interlocked.Increment(ref _startsWaiting);
        try
        {
            await _starts.WaitAsync(services.Stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _startsWaiting);
        }
    }

    private async Task<CompileResult> CodeAsync(ClaimedSession claim) => claim.Kind == HostKind.Python
        ? new CompileResult(Encoding.UTF8.GetBytes(claim.Code), null)
        : await compiler.CompileAsync(claim.UserId, claim.Code, services.Stopping);

    // A symbol nobody traded before has no bars for a moment; a strategy that starts without its history would wait for it bar by bar.
    private async Task AwaitHistoryAsync(HeldSession held)
    {
        if (held.Claim.HasBegun)
        {
            return;
        }

        var began = services.Clock.GetTimestamp();
        while (!await HasBarsAsync(held.Claim.Symbol) && services.Clock.GetElapsedTime(began) < options.Value.HistoryPatience &&
               !held.StopRequested && !held.IsLost && !held.IsLeaving)
        {
            await Task.Delay(HistoryLook, services.Clock, services.Stopping);
        }
    }

    // Once a symbol has bars it always has: a thousand sessions that begin with it ask once.
    private async Task<bool> HasBarsAsync(string symbol)
    {
        if (_withBars.ContainsKey(symbol))
        {
            return true;
        }

        var has = await services.PersistAsync(cancellationToken => services.Store.HasBarsAsync(symbol, cancellationToken));
        return has && (_withBars.TryAdd(symbol, true) || has);
    }

    private async Task StartAsync(HeldSession held, byte[] code)
    {
        var claim = held.Claim;
        if (held.StopRequested)
        {
            await EndAsync(held, failure: null);
            return;
        }

        if (held.IsLeaving)
        {
            return;
        }

        var start = await services.PersistAsync(cancellationToken => services.Store.OpenAsync(claim, cancellationToken));
        if (start is null || held.IsLost)
        {
            Forget(held);
            return;
        }

        var session = new Session(claim, start, code, services, (_, end) => OnEnded(held, end));
        held.Session = session;
        try
        {
            var process = await spawner.SpawnAsync(programs.Command(claim.Kind));
            services.Loop.Post(() =>
            {
                session.Attach(process);
                if (held.IsLost || held.IsLeaving)
                {
                    session.Drop();
                }
                else if (held.StopRequested)
                {
                    session.RequestStop();
                }
            });
        }
        catch (InvalidOperationException refused)
        {
            services.Loop.Post(() => session.NeverStarted(new HostFailure(HostFailure.RuntimeUnavailable, refused.Message)));
        }

        await session.Loaded.Task.WaitAsync(services.Stopping);
    }

    // On the loop.
    private void OnEnded(HeldSession held, SessionEnd end)
    {
        switch (end)
        {
            case SessionEnd.Dropped or SessionEnd.Failed { Failure.Code: HostFailure.Crashed or HostFailure.Exited } when held.IsLeaving:
                // Whoever hands it over writes down how far it came, and releases it then.
                held.Gone.TrySetResult();
                break;
            case SessionEnd.Dropped:
                Forget(held);
                break;
            case SessionEnd.Failed(var failure) when PauseBeforeRestart(held, failure) is { } pause:
                _ = RestartAsync(held, failure, pause);
                break;
            case SessionEnd.Failed(var failure):
                _ = EndQuietlyAsync(held, failure);
                break;
            case SessionEnd.Stopped:
                _ = EndQuietlyAsync(held, failure: null);
                break;
        }
    }

    private TimeSpan? PauseBeforeRestart(HeldSession held, HostFailure failure) =>
        held.StopRequested || held.IsLeaving
            ? null
            : RestartPolicy.Pause(failure, held.Session is { HasWorked: true }, held.Claim.Restarts, services.Limits);

    private async Task RestartAsync(HeldSession held, HostFailure failure, TimeSpan pause)
    {
        try
        {
            var claim = held.Claim;
            WorkerTelemetry.Restarts.Add(1, KeyValuePair.Create<string, object?>("code", failure.Code));
            LogCrashed(claim.Id, failure.Code, claim.Restarts + 1);
            services.Journal.Log(claim.Id, "error", $"{failure.Detail} It is started again.");
            held.Session = null;
            held.Claim = claim with { Restarts = claim.Restarts + 1 };
            await Task.Delay(pause, services.Clock, services.Stopping);

            // What was answered must be known before the session is read again.
            await services.PersistAsync(async cancellationToken =>
            {
                await services.Journal.FlushAsync(cancellationToken);
                return true;
            });
            await RunAsync(held);
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down: the session is released with the others.
        }
    }

    private async Task EndQuietlyAsync(HeldSession held, HostFailure? failure)
    {
        try
        {
            await EndAsync(held, failure);
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down before the database took it: the next worker comes to the same end.
        }
    }

    private async Task EndAsync(HeldSession held, HostFailure? failure)
    {
        held.IsOver = true;
        await services.PersistAsync(async cancellationToken =>
        {
            await services.Journal.FlushAsync(cancellationToken);
            await services.Store.EndAsync(held.Claim, failure, services.Clock.GetUtcNow(), cancellationToken);
            return true;
        });
        Forget(held);
        if (failure is null)
        {
            LogStopped(held.Claim.Id);
        }
        else
        {
            WorkerTelemetry.Failures.Add(1, KeyValuePair.Create<string, object?>("code", failure.Code));
            LogFailed(held.Claim.Id, failure.Code);
        }
    }

    [LoggerMessage(LogLevel.Information, "Session {SessionId} stopped")]
    private partial void LogStopped(Guid sessionId);

    [LoggerMessage(LogLevel.Information, "Session {SessionId} failed: {Code}")]
    private partial void LogFailed(Guid sessionId, string code);

    [LoggerMessage(LogLevel.Warning, "The host of session {SessionId} ended with {Code}; restart {Restart}")]
    private partial void LogCrashed(Guid sessionId, string code, int restart);

    [LoggerMessage(LogLevel.Error, "Session {SessionId} can't be started, for a reason that nobody expects")]
    private partial void LogSurprise(Guid sessionId, Exception exception);

    [LoggerMessage(LogLevel.Error, "What is stored about session {SessionId} can't be read")]
    private partial void LogUnreadable(Guid sessionId, Exception exception);
}
