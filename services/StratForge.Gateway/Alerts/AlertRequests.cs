using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>An alert to make.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Kind"><c>price_above</c>, <c>price_below</c>, <c>price_crosses</c>, <c>pnl_above</c>, <c>pnl_below</c>, <c>drawdown</c>,
/// <c>drawdown_percent</c>, <c>session_failed</c> or, for admins, <c>reconciliation_drift</c>.</param>
/// <param name="Symbol">Whose price, for alerts about prices.</param>
/// <param name="SessionId">Which session, for P&amp;L, drawdown and failure; the whole account, or every session, when left out.</param>
/// <param name="Level">The level, for all that have one.</param>
/// <param name="Hysteresis">How far the value has to come back; 0.1 % of a price, 1 % of another level and at least 1 when left out (of percent: 0.1).</param>
/// <param name="Repeats">Whether it fires every time; once when left out.</param>
/// <param name="CoolDownSeconds">How long it is silent after it fired, 0 to 604,800 seconds; 60 when left out.</param>
/// <param name="Muted">Whether its firings are only noted.</param>
/// <param name="WebhookIds">Own webhooks to post to, at most 10.</param>
public sealed record NewAlert(
    string? Name,
    string? Kind,
    string? Symbol = null,
    Guid? SessionId = null,
    decimal? Level = null,
    decimal? Hysteresis = null,
    bool? Repeats = null,
    int? CoolDownSeconds = null,
    bool? Muted = null,
    IReadOnlyList<Guid>? WebhookIds = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        errors.Require("name", Name, AlertBounds.LongestName);
        AlertBounds.CheckCommon(errors, CoolDownSeconds, WebhookIds);
        if (AlertKind.Find(Kind) is not { } kind)
        {
            errors.Add("kind", $"may be {string.Join(", ", AlertKind.Names)}.");
            return;
        }

        if (kind.Watches == Watched.Price ? !Symbols.IsWellFormed(Symbol ?? "") : Symbol is not null)
        {
            errors.Add("symbol", kind.Watches == Watched.Price ? "has to be a symbol like AAPL or BTC/USD." : $"has no meaning for {kind.Name}.");
        }

        if (SessionId is not null && kind.Watches is not (Watched.Pnl or Watched.Drawdown or Watched.Sessions))
        {
            errors.Add("sessionId", $"has no meaning for {kind.Name}.");
        }

        if (kind.HasLevel)
        {
            AlertBounds.CheckLevel(errors, kind, Level, Hysteresis);
        }
        else
        {
            AlertBounds.CheckNone(errors, kind, Level, Hysteresis, CoolDownSeconds);
        }
    }
}

/// <summary>What to change of an alert; what is left out stays. Another kind, symbol or session is another alert.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Level">The level. It begins to watch anew, as if it were made now.</param>
/// <param name="Hysteresis">How far the value has to come back. It begins to watch anew. Left out, one that the old level chose is chosen by a new
/// level.</param>
/// <param name="Repeats">Whether it fires every time.</param>
/// <param name="CoolDownSeconds">How long it is silent after it fired, 0 to 604,800 seconds.</param>
/// <param name="Enabled">Whether it is watched. Switched on, it begins to watch anew.</param>
/// <param name="Muted">Whether its firings are only noted.</param>
/// <param name="WebhookIds">Own webhooks to post to, at most 10.</param>
public sealed record AlertPatch(
    string? Name = null,
    decimal? Level = null,
    decimal? Hysteresis = null,
    bool? Repeats = null,
    int? CoolDownSeconds = null,
    bool? Enabled = null,
    bool? Muted = null,
    IReadOnlyList<Guid>? WebhookIds = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Name is not null)
        {
            errors.Require("name", Name, AlertBounds.LongestName);
        }

        AlertBounds.CheckCommon(errors, CoolDownSeconds, WebhookIds);
    }
}

/// <summary>What alerts may hold.</summary>
internal static class AlertBounds
{
    public const int LongestName = 100;

    /// <summary>Webhooks of one alert.</summary>
    public const int MostWebhooks = 10;

    private const int LongestCoolDown = 604_800;

    // Beyond what all the world's markets are worth; keeps sums of it within a decimal.
    private const decimal LargestLevel = 1_000_000_000_000m;
    private const int MostDecimals = 9;

    public static void CheckCommon(FieldErrors errors, int? coolDownSeconds, IReadOnlyList<Guid>? webhookIds)
    {
        if (coolDownSeconds is < 0 or > LongestCoolDown)
        {
            errors.Add("coolDownSeconds", $"may be 0 to {LongestCoolDown}.");
        }

        if (webhookIds?.Count > MostWebhooks)
        {
            errors.Add("webhookIds", $"may name at most {MostWebhooks} webhooks.");
        }
    }

    /// <summary>Checks a level of a kind, and how far a value has to come back from it.</summary>
    public static void CheckLevel(FieldErrors errors, AlertKind kind, decimal? level, decimal? hysteresis)
    {
        if (level is not { } given)
        {
            errors.Add("level", "is required.");
            return;
        }

        var most = kind.Watches == Watched.DrawdownPercent ? 100 : LargestLevel;
        if ((kind.Watches != Watched.Pnl && given <= 0) || given > most || given < -most || decimal.Round(given, MostDecimals) != given)
        {
            errors.Add("level", $"has to be {(kind.Watches == Watched.Pnl ? $"-{most} to" : "above 0 and at most")} {most}, with at most {MostDecimals} decimals.");
        }

        // A price that has to fall to zero first never comes back.
        if (hysteresis is < 0 or > LargestLevel || (kind.Watches != Watched.Pnl && hysteresis >= given) || decimal.Round(hysteresis ?? 0, MostDecimals) != (hysteresis ?? 0))
        {
            errors.Add("hysteresis", $"has to be at least 0{(kind.Watches == Watched.Pnl ? "" : " and below the level")}, with at most {MostDecimals} decimals.");
        }
    }

    /// <summary>Checks that what simply happens was given nothing to wait for.</summary>
    public static void CheckNone(FieldErrors errors, AlertKind kind, decimal? level, decimal? hysteresis, int? coolDownSeconds)
    {
        if (level is not null)
        {
            errors.Add("level", $"has no meaning for {kind.Name}.");
        }

        if (hysteresis is not null)
        {
            errors.Add("hysteresis", $"has no meaning for {kind.Name}.");
        }

        if (coolDownSeconds is > 0)
        {
            errors.Add("coolDownSeconds", $"has no meaning for {kind.Name}: each is told once.");
        }
    }

    /// <summary>How far a value has to come back when its owner did not say: with as many decimals as he might have given.</summary>
    public static decimal HysteresisOf(AlertKind kind, decimal level) => kind.Watches switch
    {
        Watched.Price => decimal.Round(level / 1000, MostDecimals),
        Watched.DrawdownPercent => Cut(decimal.Min(0.1m, level / 10)),
        Watched.Drawdown => Cut(decimal.Min(decimal.Max(1, level / 100), level / 2)),
        _ => decimal.Max(1, decimal.Round(Math.Abs(level) / 100, 2)),
    };

    // Rounded up, half of the smallest level would be all of it.
    private static decimal Cut(decimal hysteresis) => decimal.Round(hysteresis, MostDecimals, MidpointRounding.ToZero);
}
