namespace StratForge.Trading.Risk;

/// <summary>What an account may do. Null is no limit.</summary>
/// <param name="MaxOrderNotional">Most that one order may be worth, USD.</param>
/// <param name="MaxPositionNotional">Most that a position in one symbol may be worth after the order and all open ones, USD.</param>
/// <param name="MaxOpenOrders">Most orders open at once.</param>
/// <param name="MaxOrdersPerMinute">Most orders placed in any minute.</param>
/// <param name="MaxDailyLoss">Most the account may lose in one day of the market before it may only reduce, USD.</param>
/// <param name="AllowedSymbols">The only symbols it may trade; null for all.</param>
/// <param name="DeniedSymbols">Symbols it may not trade; null for none.</param>
/// <param name="AllowShorting">Whether it may sell what it does not hold.</param>
/// <param name="PriceCollarPercent">Furthest a limit may be from the market on the side that trades at once, percent.</param>
/// <param name="MaxPriceAge">Oldest price on which a market order is taken.</param>
public sealed record RiskLimits(
    decimal? MaxOrderNotional = null,
    decimal? MaxPositionNotional = null,
    int? MaxOpenOrders = null,
    int? MaxOrdersPerMinute = null,
    decimal? MaxDailyLoss = null,
    IReadOnlyList<string>? AllowedSymbols = null,
    IReadOnlyList<string>? DeniedSymbols = null,
    bool AllowShorting = false,
    decimal? PriceCollarPercent = null,
    TimeSpan? MaxPriceAge = null)
{
    /// <summary>Nothing is limited.</summary>
    public static RiskLimits Unlimited { get; } = new(AllowShorting: true);

    /// <summary>What holds for everybody until the house says otherwise.</summary>
    /// <remarks>
    /// Wide enough that nobody meets them who trades the 100,000 USD an account opens with, and narrow enough to stop what can only be a
    /// mistake: an order ten times the opening deposit, a position twenty times it, a program that places more than a thousand orders a
    /// minute (a strategy trades once a bar; twenty of them on a market that runs fifty times as fast as the clock come to that), a
    /// limit more than 10 % through the market, a market order on a price that was not heard for five minutes (a streamed symbol
    /// is heard once a minute at least). There is no limit on the daily loss. The house lets everybody sell short who switches it on
    /// for himself.
    /// </remarks>
    public static RiskLimits HouseDefault { get; } = new(
        MaxOrderNotional: 1_000_000m,
        MaxPositionNotional: 2_000_000m,
        MaxOpenOrders: 500,
        MaxOrdersPerMinute: 1_000,
        AllowShorting: true,
        PriceCollarPercent: 10m,
        MaxPriceAge: TimeSpan.FromMinutes(5));

    /// <summary>What a user sets himself until he sets anything: no limit of his own, and no selling short.</summary>
    public static RiskLimits UserDefault { get; } = new();

    /// <summary>Both at once: of each limit the tighter one.</summary>
    /// <param name="one">Some limits.</param>
    /// <param name="other">Some others.</param>
    /// <returns>Lists come in order and without repeats.</returns>
    public static RiskLimits Tighter(RiskLimits one, RiskLimits other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new RiskLimits(
            Least(one.MaxOrderNotional, other.MaxOrderNotional),
            Least(one.MaxPositionNotional, other.MaxPositionNotional),
            Least(one.MaxOpenOrders, other.MaxOpenOrders),
            Least(one.MaxOrdersPerMinute, other.MaxOrdersPerMinute),
            Least(one.MaxDailyLoss, other.MaxDailyLoss),
            (one.AllowedSymbols, other.AllowedSymbols) switch
            {
                ({ } first, { } second) => InOrder(first.Intersect(second, StringComparer.Ordinal)),
                var (first, second) => InOrder(first ?? second),
            },
            InOrder(one.DeniedSymbols?.Concat(other.DeniedSymbols ?? []) ?? other.DeniedSymbols),
            one.AllowShorting && other.AllowShorting,
            Least(one.PriceCollarPercent, other.PriceCollarPercent),
            Least(one.MaxPriceAge, other.MaxPriceAge));
    }

    /// <summary>Whether both say the same; symbols in any order.</summary>
    /// <param name="other">Some other limits.</param>
    public bool Equals(RiskLimits? other) =>
        other is not null
        && MaxOrderNotional == other.MaxOrderNotional
        && MaxPositionNotional == other.MaxPositionNotional
        && MaxOpenOrders == other.MaxOpenOrders
        && MaxOrdersPerMinute == other.MaxOrdersPerMinute
        && MaxDailyLoss == other.MaxDailyLoss
        && SameSymbols(AllowedSymbols, other.AllowedSymbols)
        && SameSymbols(DeniedSymbols, other.DeniedSymbols)
        && AllowShorting == other.AllowShorting
        && PriceCollarPercent == other.PriceCollarPercent
        && MaxPriceAge == other.MaxPriceAge;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        MaxOrderNotional, MaxPositionNotional, MaxOpenOrders, MaxOrdersPerMinute, MaxDailyLoss, AllowShorting, PriceCollarPercent, MaxPriceAge);

    private static T? Least<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is { } first && other is { } second ? first.CompareTo(second) <= 0 ? first : second : one ?? other;

    private static string[]? InOrder(IEnumerable<string>? symbols) =>
        symbols is null ? null : [.. symbols.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static bool SameSymbols(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is null ? other is null : other is not null && InOrder(one)!.AsSpan().SequenceEqual(InOrder(other));
}
