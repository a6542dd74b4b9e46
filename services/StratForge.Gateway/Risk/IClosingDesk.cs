using StratForge.Contracts.Orders;

namespace StratForge.Gateway.Risk;

/// <summary>An open order within the reach of a switch.</summary>
internal readonly record struct OpenOrder(Guid Id, Guid UserId);

/// <summary>An open position within the reach of a switch.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="SessionId">The session that holds it; null when it is held by hand.</param>
/// <param name="Symbol">What is held.</param>
/// <param name="Quantity">Units; below zero when they are owed.</param>
/// <param name="Reserved">Units that open orders will close.</param>
internal sealed record OpenPosition(Guid UserId, Guid? SessionId, string Symbol, decimal Quantity, decimal Reserved)
{
    /// <summary>Units that no order closes yet.</summary>
    public decimal Free => Math.Abs(Quantity) - Reserved;
}

/// <summary>An order to place that closes a position at the market.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="SessionId">The session that holds the position; null when it is held by hand.</param>
/// <param name="Symbol">What is held.</param>
/// <param name="Attempt">Rises with every order of the position: with it, the same closing is the same order.</param>
/// <param name="Side">Direction of the order.</param>
/// <param name="Quantity">Units of the order.</param>
internal sealed record Closing(Guid UserId, Guid? SessionId, string Symbol, int Attempt, Side Side, decimal Quantity);

/// <summary>What became of a closing: an order, or a refusal.</summary>
internal sealed record ClosingAnswer(Guid? OrderId, string? Code, string? Detail);

/// <summary>The orders and positions of everybody, for those who take them away.</summary>
internal interface IClosingDesk
{
    /// <summary>Open orders within the reach of a switch.</summary>
    Task<IReadOnlyList<OpenOrder>> ListOrdersAsync(SwitchKey key, CancellationToken cancellationToken);

    /// <summary>Open positions within the reach of a switch.</summary>
    Task<IReadOnlyList<OpenPosition>> ListPositionsAsync(SwitchKey key, CancellationToken cancellationToken);

    /// <summary>Asks for an order back. It may be too late: whoever wants it gone looks again.</summary>
    /// <exception cref="Bookkeeping.NotLeadingException">Nobody keeps the books this moment.</exception>
    Task CancelAsync(OpenOrder order, CancellationToken cancellationToken);

    /// <summary>Places the order of a closing, or finds it when it was placed before.</summary>
    Task<ClosingAnswer> CloseAsync(Closing closing, CancellationToken cancellationToken);
}
