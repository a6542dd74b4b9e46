using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>What an order asks for instead of what it asked for before. Null leaves a term as it is.</summary>
/// <param name="Quantity">Units in all, those already filled included.</param>
/// <param name="LimitPrice">Limit, USD.</param>
/// <param name="StopPrice">Stop, USD.</param>
/// <param name="Trail">Distance of a trailing stop, in the terms it was given in.</param>
/// <param name="TimeInForce">How long it lasts.</param>
public sealed record NewTerms(
    decimal? Quantity = null, decimal? LimitPrice = null, decimal? StopPrice = null, decimal? Trail = null, string? TimeInForce = null)
{
    /// <summary>The terms with these changes.</summary>
    /// <param name="terms">As they were.</param>
    public OrderTerms ApplyTo(OrderTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms with
        {
            Quantity = Quantity ?? terms.Quantity,
            LimitPrice = LimitPrice ?? terms.LimitPrice,
            StopPrice = StopPrice ?? terms.StopPrice,
            TrailPrice = terms.TrailPrice is null ? null : Trail ?? terms.TrailPrice,
            TrailPercent = terms.TrailPercent is null ? null : Trail ?? terms.TrailPercent,
            TimeInForce = TimeInForce ?? terms.TimeInForce,
        };
    }
}
