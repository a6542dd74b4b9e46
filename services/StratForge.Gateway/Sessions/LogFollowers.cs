using System.Collections.Concurrent;
using System.Globalization;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Sessions;

/// <summary>Sends the lines of a session's log as they are written: <c>log</c> events with the line's number as id, then <c>end</c> when the
/// session has ended. Whoever was cut off goes on with <c>Last-Event-ID</c>. It lives as long as the sign-in of whoever follows.</summary>
internal sealed class LogFollowers(
    SessionLogs logs, SessionStore sessions, SignIns signIns, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    // A page of the dashboard follows one; nobody reads more than a few at once.
    private const int MostPerUser = 8;

    private const int AtOnce = 500;

    // Workers write logs every second.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Guid, int> _following = new();

    /// <summary>Follows a session's log.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="id">The session.</param>
    /// <param name="filter">Which lines.</param>
    /// <param name="newest">Lines already there to begin with, where the caller does not say where he was.</param>
    /// <param name="context">The request.</param>
    public async Task<IResult> FollowAsync(Guid userId, Guid id, LogFilter filter, int newest, HttpContext context)
    {
        if (_following.AddOrUpdate(userId, 1, static (_, held) => held + 1) > MostPerUser)
        {
            Leave(userId);
            return Problems.Of(
                StatusCodes.Status429TooManyRequests, "too-many-followers", "Too many streams",
                $"You follow {MostPerUser} logs already. Close one of them.");
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await SendAsync(userId, id, filter, newest, context, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The caller is gone, or this gateway goes down: then he goes on with another.
        }
        finally
        {
            Leave(userId);
        }

        return TypedResults.Empty;
    }

    private async Task SendAsync(Guid userId, Guid id, LogFilter filter, int newest, HttpContext context, CancellationToken gone)
    {
        var stream = await EventStream.BeginAsync(context.Response, gone);
        var after = await FirstAsync(id, filter, newest, context.Request, gone);
        var signIn = Caller.From(context.User)!.FamilyId;
        var saidAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await signIns.IsAliveAsync(signIn, gone))
        {
            // Looked at before the lines: what it wrote before its end is then among them.
            var session = await sessions.FindStandingAsync(userId, id, gone);
            var part = await logs.ListAfterAsync(id, filter, after, AtOnce, gone);
            foreach (var line in part.Lines)
            {
                await stream.SendAsync("log", line, line.Id.ToString(CultureInfo.InvariantCulture), gone);
                saidAt = clock.GetTimestamp();
            }

            after = part.Through;
            if (part.Lines.Count == AtOnce)
            {
                continue;
            }

            if (session is null || SessionLifecycle.IsFinal(session.Status))
            {
                await stream.SendAsync("end", new { status = session?.Status }, id: null, gone);
                return;
            }

            if (clock.GetElapsedTime(saidAt) >= PingEvery)
            {
                await stream.PingAsync(gone);
                saidAt = clock.GetTimestamp();
            }

            await timer.WaitForNextTickAsync(gone);
        }
    }

    private async Task<long> FirstAsync(Guid id, LogFilter filter, int newest, HttpRequest request, CancellationToken cancellationToken)
    {
        if (long.TryParse(request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
        {
            return seen;
        }

        var page = await logs.ListAsync(id, filter, new NumberedPageQuery { Limit = newest }, cancellationToken);
        return page.Items.Count == 0 ? 0 : page.Items[^1].Id - 1;
    }

    private void Leave(Guid userId)
    {
        while (_following.TryGetValue(userId, out var held))
        {
            if (held == 1 ? _following.TryRemove(KeyValuePair.Create(userId, 1)) : _following.TryUpdate(userId, held - 1, held))
            {
                return;
            }
        }
    }
}
