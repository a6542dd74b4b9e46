namespace StratForge.Gateway.Alerts;

/// <summary>Something that a user wants to be told of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Kind">What it waits for.</param>
/// <param name="Symbol">Whose price; null unless it is about a price.</param>
/// <param name="SessionId">Which session; null for the whole account, or for every session.</param>
/// <param name="Level">The level it waits for: USD per unit, USD or percent; null for what simply happens.</param>
/// <param name="Hysteresis">How far the value has to come back before the alert can fire again, in the unit of the level.</param>
/// <param name="Repeats">Whether it fires every time; otherwise once, and is switched off then.</param>
/// <param name="CoolDownSeconds">How long it is silent after it fired, seconds.</param>
/// <param name="Enabled">Whether it is watched.</param>
/// <param name="Muted">Whether its firings are only noted: no event, no webhook.</param>
/// <param name="WebhookIds">Webhooks that its firings are posted to.</param>
/// <param name="State"><c>off</c>, <c>unknown</c> until a value came, <c>waiting</c>, or <c>beyond</c>: the value is past the level and has to come back first.</param>
/// <param name="Firings">How often it fired, tests included.</param>
/// <param name="LastFiredAt">When it last fired; tests don't count.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Alert(
    Guid Id,
    string Name,
    string Kind,
    string? Symbol,
    Guid? SessionId,
    decimal? Level,
    decimal? Hysteresis,
    bool Repeats,
    int CoolDownSeconds,
    bool Enabled,
    bool Muted,
    IReadOnlyList<Guid> WebhookIds,
    string State,
    int Firings,
    DateTimeOffset? LastFiredAt,
    DateTimeOffset CreatedAt);

/// <summary>One time that an alert fired.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AlertId">The alert, which may be deleted by now.</param>
/// <param name="Name">The alert's name at that time.</param>
/// <param name="Kind">What it waited for.</param>
/// <param name="Message">What happened, in a sentence.</param>
/// <param name="Symbol">Whose price, if it was about one.</param>
/// <param name="SessionId">Which session, if it was about one.</param>
/// <param name="Level">The level.</param>
/// <param name="Value">The value that fired it.</param>
/// <param name="IsTest">Whether its owner only tried it out.</param>
/// <param name="IsMuted">Whether nobody was told.</param>
/// <param name="MarketAt">The market's time, where a price was behind it.</param>
/// <param name="FiredAt">When it fired, by our clock.</param>
public sealed record AlertFiring(
    Guid Id,
    Guid AlertId,
    string Name,
    string Kind,
    string Message,
    string? Symbol,
    Guid? SessionId,
    decimal? Level,
    decimal? Value,
    bool IsTest,
    bool IsMuted,
    DateTimeOffset? MarketAt,
    DateTimeOffset FiredAt);
