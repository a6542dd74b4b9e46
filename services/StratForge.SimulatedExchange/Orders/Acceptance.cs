using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Makes orders of requests that broke no rule.</summary>
internal static class Acceptance
{
    /// <summary>The order itself, pending or, outside of its session, waiting.</summary>
    public static Order Of(FloorView view, Draft draft, OrderRequest request, Instrument instrument, TopOfBook quote)
    {
        var position = view.Book.PositionIn(instrument.Symbol)?.Quantity ?? 0m;
        var opens = OrderRules.Opens(request.Side, position);
        return new Order
        {
            Id = view.NewId(),
            ClientOrderId = request.ClientOrderId ?? view.NewId().ToString(),
            Symbol = instrument.Symbol,
            Side = request.Side,
            Type = request.Type,
            TimeInForce = request.TimeInForce,
            Status = view.IsOpenFor(instrument, request, draft.At) ? OrderStatus.PendingNew : OrderStatus.Accepted,
            CreatedAt = draft.At,
            UpdatedAt = draft.At,
            SubmittedAt = draft.At,
            ExpiresAt = TradingSessions.ExpiryOf(request.TimeInForce, request.ExtendedHours, draft.At, view.Options.Hours),
            Quantity = request.Quantity,
            Notional = request.Notional,
            LimitPrice = request.LimitPrice,
            StopPrice = request.StopPrice,
            TrailPrice = request.TrailPrice,
            TrailPercent = request.TrailPercent,
            Class = request.Class,
            ExtendedHours = request.ExtendedHours,
            Opens = opens,
            WorthUnits = request.Notional is null ? null : decimal.Min(OrderRules.UnitsOf(request, quote), decimal.Abs(position)),
            HeldCash = OrderRules.CostOf(request, quote, opens),
        };
    }

    /// <summary>The exits that hang on an order: the take-profit before the stop-loss; of an oco order the stop-loss alone.</summary>
    public static IEnumerable<Order> LegsOf(FloorView view, OrderRequest request, Order parent)
    {
        if (request.TakeProfit is { } profit && request.Class != OrderClass.Oco)
        {
            yield return Leg(view, parent) with { Type = OrderType.Limit, LimitPrice = profit };
        }

        if (request.StopLoss is { } loss)
        {
            yield return Leg(view, parent) with
            {
                Type = request.StopLossLimit is null ? OrderType.Stop : OrderType.StopLimit,
                StopPrice = loss,
                LimitPrice = request.StopLossLimit,
            };
        }
    }

    private static Order Leg(FloorView view, Order parent) => parent with
    {
        Id = view.NewId(),
        ClientOrderId = view.NewId().ToString(),
        ParentId = parent.Id,
        Side = parent.Class == OrderClass.Oco ? parent.Side : parent.Side == Side.Buy ? Side.Sell : Side.Buy,
        Status = OrderStatus.Held,
        LimitPrice = null,
        StopPrice = null,
        Opens = false,
        HeldCash = 0m,
        ExtendedHours = false,
    };
}
