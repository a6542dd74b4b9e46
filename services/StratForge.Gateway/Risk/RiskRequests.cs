using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>A set of limits, as it is laid down and as it is shown. What is null or left out is not limited.</summary>
/// <param name="MaxOrderNotional">Most that one order may be worth, USD.</param>
/// <param name="MaxPositionNotional">Most that the position in one symbol may be worth, open orders included, USD.</param>
/// <param name="MaxOpenOrders">Most orders open at once, 1 to 100,000.</param>
/// <param name="MaxOrdersPerMinute">Most orders placed in any minute, 1 to 1,000,000.</param>
/// <param name="MaxDailyLoss">Loss of the market's day after which only orders that make a position smaller are taken, USD.</param>
/// <param name="AllowedSymbols">The only symbols to trade, at most 500; an empty list is none at all.</param>
/// <param name="DeniedSymbols">Symbols not to trade, at most 500.</param>
/// <param name="AllowShorting">Whether units may be sold that are not held. False when left out.</param>
/// <param name="PriceCollarPercent">Furthest a limit may be through the last price, above 0 to 100 percent.</param>
/// <param name="MaxPriceAgeSeconds">Oldest price on which a market order is taken, 1 to 86,400 seconds.</param>
public sealed record LimitSet(
    decimal? MaxOrderNotional = null,
    decimal? MaxPositionNotional = null,
    int? MaxOpenOrders = null,
    int? MaxOrdersPerMinute = null,
    decimal? MaxDailyLoss = null,
    IReadOnlyList<string>? AllowedSymbols = null,
    IReadOnlyList<string>? DeniedSymbols = null,
    bool AllowShorting = false,
    decimal? PriceCollarPercent = null,
    int? MaxPriceAgeSeconds = null) : IValidated
{
    // Beyond what all the world's markets are worth; keeps products of it and a quantity within a decimal.
    private const decimal LargestAmount = 1_000_000_000_000m;
    private const int MostSymbols = 500;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        CheckAmount(errors, "maxOrderNotional", MaxOrderNotional);
        CheckAmount(errors, "maxPositionNotional", MaxPositionNotional);
        CheckRange(errors, "maxOpenOrders", MaxOpenOrders, 100_000);
        CheckRange(errors, "maxOrdersPerMinute", MaxOrdersPerMinute, 1_000_000);
        CheckAmount(errors, "maxDailyLoss", MaxDailyLoss);
        CheckSymbols(errors, "allowedSymbols", AllowedSymbols);
        CheckSymbols(errors, "deniedSymbols", DeniedSymbols);
        if (PriceCollarPercent is <= 0 or > 100)
        {
            errors.Add("priceCollarPercent", "has to be above 0 and at most 100.");
        }

        CheckRange(errors, "maxPriceAgeSeconds", MaxPriceAgeSeconds, 86_400);
    }

    /// <summary>The limits as the rules take them. Call after validation.</summary>
    internal RiskLimits ToLimits() => new(
        MaxOrderNotional, MaxPositionNotional, MaxOpenOrders, MaxOrdersPerMinute, MaxDailyLoss, InOrder(AllowedSymbols), InOrder(DeniedSymbols),
        AllowShorting, PriceCollarPercent, MaxPriceAgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    /// <summary>The limits as they are shown.</summary>
    internal static LimitSet Of(RiskLimits limits) => new(
        limits.MaxOrderNotional, limits.MaxPositionNotional, limits.MaxOpenOrders, limits.MaxOrdersPerMinute, limits.MaxDailyLoss,
        limits.AllowedSymbols, limits.DeniedSymbols, limits.AllowShorting, limits.PriceCollarPercent,
        limits.MaxPriceAge is { } age ? (int)age.TotalSeconds : null);

    private static void CheckAmount(FieldErrors errors, string field, decimal? amount)
    {
        if (amount is <= 0 or > LargestAmount || (amount is { } given && decimal.Round(given, 2) != given))
        {
            errors.Add(field, $"has to be above 0, in whole cents, and at most {LargestAmount}.");
        }
    }

    private static void CheckRange(FieldErrors errors, string field, int? value, int most)
    {
        if (value < 1 || value > most)
        {
            errors.Add(field, $"may be 1 to {most}.");
        }
    }

    private static void CheckSymbols(FieldErrors errors, string field, IReadOnlyList<string>? symbols)
    {
        if (symbols is not null && (symbols.Count > MostSymbols || !symbols.All(symbol => Symbols.IsWellFormed(symbol ?? ""))))
        {
            errors.Add(field, $"takes at most {MostSymbols} symbols, spelled AAPL or BTC/USD.");
        }
    }

    private static string[]? InOrder(IReadOnlyList<string>? symbols) =>
        symbols is null ? null : [.. symbols.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Sets a switch.</summary>
/// <param name="Mode"><c>normal</c>, <c>reduce_only</c>, <c>flatten</c> or <c>pause</c>.</param>
/// <param name="Reason">For whoever is stopped by it; at most 500 characters.</param>
public sealed record TradingModeRequest(string? Mode = null, string? Reason = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (TradingModes.Parse(Mode) is null)
        {
            errors.Add("mode", $"has to be {TradingModes.All}.");
        }

        if (Reason is not null)
        {
            errors.Require("reason", Reason, 500);
        }
    }

    /// <summary>The mode asked for. Call after validation.</summary>
    internal TradingMode ToMode() => TradingModes.Parse(Mode)!.Value;
}

/// <summary>What holds for a user, and who laid it down.</summary>
/// <param name="Own">By himself.</param>
/// <param name="ForUser">By the house, for him alone.</param>
/// <param name="House">By the house, for everybody.</param>
/// <param name="Effective">What holds: of each limit the tightest.</param>
public sealed record RiskResponse(LimitSet Own, LimitSet ForUser, LimitSet House, LimitSet Effective);

/// <summary>What the house laid down for everybody.</summary>
/// <param name="Limits">The limits.</param>
/// <param name="UpdatedAt">When; null while the defaults hold.</param>
public sealed record HouseRiskResponse(LimitSet Limits, DateTimeOffset? UpdatedAt);

/// <summary>A switch, and what holds where it is.</summary>
/// <param name="Mode">As it is set here.</param>
/// <param name="Effective">What holds: the strictest switch.</param>
/// <param name="Reason">Why it was set, if somebody said.</param>
/// <param name="SetAt">When it was set; null while it is normal.</param>
/// <param name="Switches">All that are not normal and have a say here, the house's first.</param>
/// <param name="Flatten">How far the closing has come; null unless it is set to flatten here.</param>
public sealed record TradingModeResponse(
    TradingMode Mode,
    TradingMode Effective,
    string? Reason,
    DateTimeOffset? SetAt,
    IReadOnlyList<SwitchView> Switches,
    FlattenProgress? Flatten);

/// <summary>One switch that is not normal.</summary>
/// <param name="Scope"><c>global</c>, <c>user</c> or <c>session</c>.</param>
/// <param name="Keeper">Who set it and may change it: <c>house</c> or <c>user</c>.</param>
/// <param name="Mode">As it is set.</param>
/// <param name="Reason">Why, if somebody said.</param>
/// <param name="SetAt">When.</param>
public sealed record SwitchView(string Scope, string Keeper, TradingMode Mode, string? Reason, DateTimeOffset SetAt);

/// <summary>How far a flatten has come.</summary>
/// <param name="State"><c>running</c>; <c>waiting</c> for a pause above it to be lifted; <c>done</c> when nothing is open or held. It
/// goes on watching until the switch is set back.</param>
/// <param name="OpenOrders">Orders that are still to be canceled.</param>
/// <param name="ClosingOrders">Orders on their way that close positions.</param>
/// <param name="OpenPositions">Positions that are not closed yet.</param>
/// <param name="Refused">Positions whose closing was refused, at most 100; each is tried again every few seconds.</param>
public sealed record FlattenProgress(
    string State, int OpenOrders, int ClosingOrders, int OpenPositions, IReadOnlyList<RefusedClosing> Refused);

/// <summary>A closing that was refused.</summary>
/// <param name="UserId">Whose position.</param>
/// <param name="SessionId">The session that holds it; null for what is held by hand.</param>
/// <param name="Symbol">What is held.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Detail">Why, with figures.</param>
/// <param name="AskedAt">When it was tried last.</param>
public sealed record RefusedClosing(Guid UserId, Guid? SessionId, string Symbol, string Code, string Detail, DateTimeOffset AskedAt);

/// <summary>A change of limits or of a switch.</summary>
/// <param name="Id">Rises.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who.</param>
/// <param name="ActorName">How they are called now.</param>
/// <param name="Subject"><c>limits</c> or <c>trading_mode</c>.</param>
/// <param name="Scope"><c>global</c>, <c>user</c> or <c>session</c>.</param>
/// <param name="ScopeId">The user or the session; null for global.</param>
/// <param name="Keeper">Whose it is: <c>house</c> or <c>user</c>.</param>
/// <param name="Before">As it was; null where the defaults held.</param>
/// <param name="After">As it is since.</param>
public sealed record RiskChange(
    long Id,
    DateTimeOffset At,
    Guid ActorId,
    string ActorName,
    string Subject,
    string Scope,
    Guid? ScopeId,
    string Keeper,
    JsonElement? Before,
    JsonElement After);

/// <summary>A switch as the record of changes keeps it.</summary>
internal sealed record SwitchState(TradingMode Mode, string? Reason);
