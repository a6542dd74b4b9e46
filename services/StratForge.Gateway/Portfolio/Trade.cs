using StratForge.Contracts.Orders;

namespace StratForge.Gateway.Portfolio;

/// <summary>One execution of one of the user's orders.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ExecutionId">The venue's id; shared by the users whose orders it filled together.</param>
/// <param name="OrderId">The order.</param>
/// <param name="SessionId">The session that ordered it; null when it was ordered by hand.</param>
/// <param name="SignalId">The signal that asked for it.</param>
/// <param name="Symbol">What was traded.</param>
/// <param name="Action">Bought or sold.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Price">Quote currency per unit.</param>
/// <param name="Fee">In <paramref name="FeeAsset"/>.</param>
/// <param name="FeeAsset"><c>USD</c> or the base coin.</param>
/// <param name="CashAmount">What the user's cash changed by: negative for a buy.</param>
/// <param name="RealisedPnl">What it earned against the average price of the position it closed, USD.</param>
/// <param name="ExecutedAt">On the market's clock.</param>
public sealed record Trade(
    Guid Id,
    Guid ExecutionId,
    Guid OrderId,
    Guid? SessionId,
    Guid? SignalId,
    string Symbol,
    Side Action,
    decimal Quantity,
    decimal Price,
    decimal Fee,
    string FeeAsset,
    decimal CashAmount,
    decimal RealisedPnl,
    DateTimeOffset ExecutedAt);
