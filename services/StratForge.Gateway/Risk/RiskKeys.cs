using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>Who laid a limit down or set a switch, and so may change it.</summary>
internal enum Keeper
{
    /// <summary>Those who run the platform.</summary>
    House,

    /// <summary>A user, for himself.</summary>
    User,
}

/// <summary>Which limits: the house's for everybody, the house's for one user, or a user's own.</summary>
internal readonly record struct LimitsKey(Guid? UserId, Keeper Keeper)
{
    public static readonly LimitsKey House = new(null, Keeper.House);

    public static LimitsKey ForUser(Guid userId) => new(userId, Keeper.House);

    public static LimitsKey OwnOf(Guid userId) => new(userId, Keeper.User);
}

/// <summary>Which switch.</summary>
/// <param name="Level">Whose, and over what.</param>
/// <param name="UserId">Whom it concerns; null when everybody.</param>
/// <param name="SessionId">The session; null unless it is over one.</param>
internal readonly record struct SwitchKey(SwitchLevel Level, Guid? UserId, Guid? SessionId)
{
    public static readonly SwitchKey Global = new(SwitchLevel.Global, null, null);

    public static SwitchKey ForUser(Guid userId) => new(SwitchLevel.UserByHouse, userId, null);

    public static SwitchKey OwnOf(Guid userId) => new(SwitchLevel.User, userId, null);

    public static SwitchKey OfSession(Guid userId, Guid sessionId) => new(SwitchLevel.Session, userId, sessionId);

    /// <summary>As the table spells it.</summary>
    public string Scope => Level switch
    {
        SwitchLevel.Global => "global",
        SwitchLevel.Session => "session",
        _ => "user",
    };

    public Guid? ScopeId => SessionId ?? UserId;

    public Keeper Keeper => Level is SwitchLevel.Global or SwitchLevel.UserByHouse ? Keeper.House : Keeper.User;

    /// <summary>The key of a row.</summary>
    public static SwitchKey Of(Guid? userId, Guid? sessionId, Keeper keeper) => (userId, sessionId, keeper) switch
    {
        (null, _, _) => Global,
        ({ } user, { } session, _) => OfSession(user, session),
        ({ } user, null, Keeper.House) => ForUser(user),
        ({ } user, null, _) => OwnOf(user),
    };
}

/// <summary>Limits as stored.</summary>
internal sealed record StoredLimits(RiskLimits Limits, DateTimeOffset UpdatedAt);

/// <summary>A switch as stored.</summary>
internal sealed record StoredSwitch(TradingMode Mode, string? Reason, DateTimeOffset SetAt);
