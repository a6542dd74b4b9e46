namespace StratForge.Gateway.Portfolio;

/// <summary>What one session, or the user's own hand, holds of one symbol.</summary>
/// <param name="Symbol">What is held.</param>
/// <param name="SessionId">The session that holds it; null for what was bought by hand.</param>
/// <param name="StrategyName">The session's strategy.</param>
/// <param name="Quantity">Units; below zero is short.</param>
/// <param name="AveragePrice">Average entry price.</param>
/// <param name="LastPrice">The newest price known; null when there is none, and then it is valued at its average price.</param>
/// <param name="MarketValue">Quantity times price, USD, to the cent; below zero when short.</param>
/// <param name="UnrealisedPnl">What closing it at that price would earn, USD, to the cent.</param>
/// <param name="RealisedPnl">What its closed part has earned, USD.</param>
/// <param name="Margin">Cash held against it while it is short, USD.</param>
public sealed record Position(
    string Symbol,
    Guid? SessionId,
    string? StrategyName,
    decimal Quantity,
    decimal AveragePrice,
    decimal? LastPrice,
    decimal MarketValue,
    decimal UnrealisedPnl,
    decimal RealisedPnl,
    decimal Margin);

/// <summary>All open positions of the user.</summary>
/// <param name="Items">By symbol.</param>
public sealed record PositionList(IReadOnlyList<Position> Items);

/// <summary>The user's account at a glance.</summary>
/// <param name="Cash">Free, reserved and margin together, USD.</param>
/// <param name="Reserved">Tied up by open orders.</param>
/// <param name="Margin">Held against short positions.</param>
/// <param name="Available">Free to spend.</param>
/// <param name="Equity">Cash and the market value of all positions, which is below zero for those that are short.</param>
/// <param name="DayChange">Equity against the first sample of the market's day (a date in UTC on the market's clock), or of the account's new
/// beginning where that was later; zero when there is none.</param>
/// <param name="RealisedPnl">Earned by everything closed since the account last began anew.</param>
/// <param name="UnrealisedPnl">What closing everything at the last prices would earn.</param>
/// <param name="Positions">Open positions, by symbol.</param>
/// <param name="EquityHistory">Equity as it was sampled, oldest first, and as it is now unless the question ends before.</param>
/// <param name="ResetAt">When the account last began anew; null when it never did.</param>
/// <param name="AsOf">The market's time of the newest price; our own when the market has not been heard.</param>
public sealed record PortfolioResponse(
    decimal Cash,
    decimal Reserved,
    decimal Margin,
    decimal Available,
    decimal Equity,
    decimal DayChange,
    decimal RealisedPnl,
    decimal UnrealisedPnl,
    IReadOnlyList<Position> Positions,
    IReadOnlyList<EquitySample> EquityHistory,
    DateTimeOffset? ResetAt,
    DateTimeOffset AsOf);

/// <summary>Equity at a moment of the market's time.</summary>
/// <param name="At">On the market's clock.</param>
/// <param name="Equity">USD.</param>
public sealed record EquitySample(DateTimeOffset At, decimal Equity);
