using System.Collections.Frozen;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>All limits and switches as they were stored at one moment. Never changed; looked into by every order.</summary>
internal sealed class RiskBook
{
    private readonly FrozenDictionary<LimitsKey, StoredLimits> _limits;
    private readonly FrozenDictionary<SwitchKey, StoredSwitch> _switches;
    private readonly FrozenDictionary<Guid, RiskLimits> _effective;
    private readonly RiskLimits _everybody;

    /// <param name="version">Number of the newest change in it.</param>
    /// <param name="limits">Every row of limits.</param>
    /// <param name="switches">Every switch that is not normal.</param>
    public RiskBook(long version, IReadOnlyDictionary<LimitsKey, StoredLimits> limits, IReadOnlyDictionary<SwitchKey, StoredSwitch> switches)
    {
        Version = version;
        _limits = limits.ToFrozenDictionary();
        _switches = switches.ToFrozenDictionary();
        _everybody = RiskLimits.Tighter(House, RiskLimits.UserDefault);
        // Combined once here and not once per order.
        _effective = limits.Keys
            .Where(key => key.UserId is not null)
            .Select(key => key.UserId!.Value)
            .Distinct()
            .ToFrozenDictionary(
                user => user, user => RiskLimits.Tighter(RiskLimits.Tighter(House, ForUser(user)), OwnOf(user)));
        Flattening = [.. switches.Where(item => item.Value.Mode == TradingMode.Flatten).Select(item => item.Key).OrderBy(key => key.Level)];
        LimitsLosses = House.MaxDailyLoss is not null || _effective.Values.Any(own => own.MaxDailyLoss is not null);
    }

    /// <summary>Number of the newest change in it.</summary>
    public long Version { get; }

    /// <summary>Switches on flatten, those with more say first.</summary>
    public IReadOnlyList<SwitchKey> Flattening { get; }

    /// <summary>Whether anybody's loss of the day is limited.</summary>
    public bool LimitsLosses { get; }

    /// <summary>What the house laid down for everybody.</summary>
    public RiskLimits House => Find(LimitsKey.House)?.Limits ?? RiskLimits.HouseDefault;

    /// <summary>What the house laid down for one user besides.</summary>
    public RiskLimits ForUser(Guid userId) => Find(LimitsKey.ForUser(userId))?.Limits ?? RiskLimits.Unlimited;

    /// <summary>What a user laid down for himself.</summary>
    public RiskLimits OwnOf(Guid userId) => Find(LimitsKey.OwnOf(userId))?.Limits ?? RiskLimits.UserDefault;

    /// <summary>What holds for a user: of all three the tightest.</summary>
    public RiskLimits EffectiveOf(Guid userId) => _effective.GetValueOrDefault(userId, _everybody);

    /// <summary>Limits as stored; null where the defaults hold.</summary>
    public StoredLimits? Find(LimitsKey key) => _limits.GetValueOrDefault(key);

    /// <summary>A switch as stored; null where it is normal.</summary>
    public StoredSwitch? Find(SwitchKey key) => _switches.GetValueOrDefault(key);

    /// <summary>The switches that concern a user, and a session of his.</summary>
    public TradingSwitches SwitchesOf(Guid? userId, Guid? sessionId) =>
        _switches.Count == 0 ? default : new TradingSwitches(
            ModeOf(SwitchKey.Global),
            userId is { } user ? ModeOf(SwitchKey.ForUser(user)) : TradingMode.Normal,
            userId is { } owner ? ModeOf(SwitchKey.OwnOf(owner)) : TradingMode.Normal,
            userId is { } trader && sessionId is { } session ? ModeOf(SwitchKey.OfSession(trader, session)) : TradingMode.Normal);

    private TradingMode ModeOf(SwitchKey key) => Find(key)?.Mode ?? TradingMode.Normal;
}
