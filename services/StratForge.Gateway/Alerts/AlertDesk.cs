using Npgsql;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Alerts;

/// <summary>Answers to what users ask of their alerts.</summary>
internal abstract record AlertOutcome
{
    private AlertOutcome()
    {
    }

    public sealed record Done(Alert Alert) : AlertOutcome;

    public sealed record Tested(AlertFiring Firing) : AlertOutcome;

    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : AlertOutcome;

    public sealed record TooMany : AlertOutcome;

    public sealed record ForAdmins : AlertOutcome;

    public sealed record Unknown : AlertOutcome;

    public sealed record Changing : AlertOutcome;

    public sealed record TestedJustNow : AlertOutcome;
}

/// <summary>Makes and changes alerts. Works at the gateway that keeps the books, which watches them: it knows of every change at once.</summary>
internal sealed class AlertDesk(AlertStore store, AlertList list, AlertFirings firings, ListedAssets assets, TimeProvider clock)
{
    /// <summary>How often an alert may be tested: each test posts to every webhook of it.</summary>
    public static readonly TimeSpan TestEvery = TimeSpan.FromSeconds(5);

    private const int DefaultCoolDownSeconds = 60;

    public async Task<AlertOutcome> AddAsync(Caller caller, Guid id, NewAlert request, CancellationToken cancellationToken)
    {
        var kind = AlertKind.Find(request.Kind)!;
        if (kind == AlertKind.ReconciliationDrift && caller.Role != Caller.Admin)
        {
            return new AlertOutcome.ForAdmins();
        }

        var errors = new FieldErrors();
        if (request.Symbol is { } symbol && assets.Known && assets.Find(symbol) is null)
        {
            errors.Add("symbol", $"is none that the broker lists: {symbol}.");
        }

        if (request.SessionId is { } session && !await store.OwnsSessionAsync(caller.UserId, session, cancellationToken))
        {
            errors.Add("sessionId", $"is no session of yours: {session}.");
        }

        await CheckWebhooksAsync(errors, caller.UserId, request.WebhookIds, cancellationToken);
        if (!errors.None)
        {
            return new AlertOutcome.Invalid(errors.ToDictionary());
        }

        var hysteresis = request.Level is { } level ? request.Hysteresis ?? AlertBounds.HysteresisOf(kind, level) : (decimal?)null;
        var coolDown = kind.HasLevel ? request.CoolDownSeconds ?? DefaultCoolDownSeconds : 0;
        if (await store.AddAsync(caller.UserId, id, request, hysteresis, coolDown, cancellationToken) is not { } alert)
        {
            return new AlertOutcome.TooMany();
        }

        list.Changed();
        return new AlertOutcome.Done(alert);
    }

    public async Task<AlertOutcome> ChangeAsync(Guid userId, Guid id, AlertPatch patch, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is not { } alert)
        {
            return new AlertOutcome.Unknown();
        }

        var kind = AlertKind.Find(alert.Kind)!;
        if (patch is { Level: { } level, Hysteresis: null } && alert is { Level: { } before, Hysteresis: { } hysteresis }
            && hysteresis == AlertBounds.HysteresisOf(kind, before))
        {
            // The old level chose it, so the new one does.
            patch = patch with { Hysteresis = AlertBounds.HysteresisOf(kind, level) };
        }

        var errors = new FieldErrors();
        if (!kind.HasLevel)
        {
            AlertBounds.CheckNone(errors, kind, patch.Level, patch.Hysteresis, patch.CoolDownSeconds);
        }
        else if (patch.Level is not null || patch.Hysteresis is not null)
        {
            AlertBounds.CheckLevel(errors, kind, patch.Level ?? alert.Level, patch.Hysteresis ?? alert.Hysteresis);
        }

        await CheckWebhooksAsync(errors, userId, patch.WebhookIds, cancellationToken);
        if (!errors.None)
        {
            return new AlertOutcome.Invalid(errors.ToDictionary());
        }

        var changed = await store.ChangeAsync(userId, id, patch, cancellationToken);
        list.Changed();
        return changed is null ? new AlertOutcome.Unknown() : new AlertOutcome.Done(changed);
    }

    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var existed = await store.DeleteAsync(userId, id, cancellationToken);
        list.Changed();
        return existed;
    }

    /// <summary>Lets an alert fire as a test: all but what it waits for is real.</summary>
    public async Task<AlertOutcome> TestAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindRuleAsync(userId, id, cancellationToken) is not { } rule)
        {
            return new AlertOutcome.Unknown();
        }

        if (await store.WasTestedSinceAsync(id, clock.Now() - TestEvery, cancellationToken))
        {
            return new AlertOutcome.TestedJustNow();
        }

        try
        {
            var firing = await firings.TestAsync(rule, cancellationToken);
            list.Changed();
            return await store.FindFiringAsync(userId, firing, cancellationToken) is { } told ? new AlertOutcome.Tested(told) : new AlertOutcome.Unknown();
        }
        catch (PostgresException exception) when (exception.SqlState == FireAlert.Overtaken)
        {
            return new AlertOutcome.Changing();
        }
    }

    private async Task CheckWebhooksAsync(FieldErrors errors, Guid userId, IReadOnlyList<Guid>? ids, CancellationToken cancellationToken)
    {
        Guid[] named = [.. (ids ?? []).Distinct()];
        if (named.Length > 0 && await store.CountWebhooksAsync(userId, named, cancellationToken) != named.Length)
        {
            errors.Add("webhookIds", "names a webhook that is not yours.");
        }
    }
}
