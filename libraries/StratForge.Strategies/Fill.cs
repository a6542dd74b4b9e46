namespace StratForge.Strategies;

/// <summary>One execution of an order of this session, as it was booked.</summary>
/// <param name="OrderId">The platform's id of the order.</param>
/// <param name="Symbol">What was traded.</param>
/// <param name="Action">The order's direction.</param>
/// <param name="Quantity">Units executed.</param>
/// <param name="Price">Quote currency per unit.</param>
/// <param name="Fee">In <paramref name="FeeAsset"/>; zero for stocks.</param>
/// <param name="FeeAsset"><c>USD</c> or the base coin.</param>
/// <param name="At">When it happened on the market's clock, UTC.</param>
/// <param name="PositionAfter">The position in the symbol that it left.</param>
public sealed record Fill(
    string OrderId,
    string Symbol,
    SignalAction Action,
    double Quantity,
    double Price,
    double Fee,
    string FeeAsset,
    DateTimeOffset At,
    Position PositionAfter);
