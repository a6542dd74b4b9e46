using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.Trading.Fees;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>Brings orders to the market, trades them and ends them. Works inside the floor's lock.</summary>
internal sealed class Dealer(ExchangeOptions options, PriceSource prices, PriceBoard board, AccountBook book, FaultPlan faults, TimeProvider time)
{
    /// <summary>Brings an accepted order to the market: live, and traded as far as it can be at once.</summary>
    public void Route(Draft draft, Order order)
    {
        var instrument = prices.Find(order.Symbol)!;
        var open = TradingSessions.IsOpenFor(instrument, order.ExtendedHours, draft.At, options.Hours);
        if (!open)
        {
            if (order.TimeInForce is TimeInForce.Ioc or TimeInForce.Fok)
            {
                End(draft, order, OrderStatus.Canceled, draft.At);
            }

            return;
        }

        if (order.Status is OrderStatus.Accepted or OrderStatus.PendingNew)
        {
            draft.Say(new OrderUpdate("pending_new", order with { Status = OrderStatus.PendingNew }, draft.At, null));
            order = order with { Status = OrderStatus.New, UpdatedAt = draft.At };
            draft.Put(order);
            draft.Say(new OrderUpdate("new", order, draft.At, NewId()));
        }

        var after = Match(draft, order, instrument);
        if (after.IsOpen && after.TimeInForce is TimeInForce.Ioc or TimeInForce.Fok)
        {
            End(draft, after, OrderStatus.Canceled, draft.At);
        }
    }

    private Order Match(Draft draft, Order order, Instrument instrument)
    {
        if (board.Quote(instrument) is not { } quote || QuoteMatching.PriceOf(order.Side, order.LimitPrice, quote) is not { } price)
        {
            return order;
        }

        // An order by amount learns its units only here; it never sells more than there is, nor what another order holds.
        var remaining = order.Remaining ?? decimal.Round(order.Notional.GetValueOrDefault() / price, 9, MidpointRounding.ToZero);
        if (!order.Opens)
        {
            var heldByOthers = book.HeldUnits(order.Symbol) - order.HeldUnits;
            remaining = decimal.Min(remaining, decimal.Abs(book.PositionIn(order.Symbol)?.Quantity ?? 0m) - heldByOthers);
        }

        if (remaining <= 0m)
        {
            return End(draft, order, OrderStatus.Canceled, draft.At);
        }

        var whole = !instrument.IsCrypto && remaining == decimal.Truncate(remaining);
        var divisible = order.Notional is null && order.TimeInForce != TimeInForce.Fok;
        var quantity = divisible ? Part(order, remaining, whole, draft.At) : remaining;
        return Execute(draft, order, instrument, quantity, remaining - quantity, price);
    }

    private decimal Part(Order order, decimal remaining, bool whole, DateTimeOffset at)
    {
        // One share cannot be divided: that is no occasion.
        if (faults.Awaits(FaultTarget.Fills) && !(whole && remaining <= 1m) && faults.Strike(FaultTarget.Fills, order.Symbol) is { Part: var part })
        {
            return QuoteMatching.QuantityOf(remaining, whole, partialProbability: 1, chance: 0, part);
        }

        var (chance, share) = Draws(order, at);
        return QuoteMatching.QuantityOf(remaining, whole, options.PartialFillProbability, chance, share);
    }

    private Order Execute(Draft draft, Order order, Instrument instrument, decimal quantity, decimal leaves, decimal price)
    {
        var proceeds = ExecutionCash.Of(quantity, price);
        var (units, cash) = order.Side == Side.Buy
            ? (quantity - (instrument.IsCrypto ? CryptoFee.OfBuy(quantity) : 0m), -proceeds)
            : (-quantity, proceeds - (instrument.IsCrypto ? CryptoFee.OfSale(proceeds) : 0m));
        var filled = order.FilledQuantity + quantity;
        var execution = new Execution(
            NewId(), order.Id, order.Symbol, order.Side, quantity, price, cash, units, filled, leaves, draft.At);
        var after = order with
        {
            Status = leaves == 0m ? OrderStatus.Filled : OrderStatus.PartiallyFilled,
            FilledQuantity = filled,
            FilledValue = order.FilledValue + (quantity * price),
            HeldCash = order.HeldCash * leaves / (leaves + quantity),
            FilledAt = draft.At,
            UpdatedAt = draft.At,
        };
        draft.Put(after);
        var position = draft.Book(execution);
        draft.Say(new OrderUpdate(leaves == 0m ? "fill" : "partial_fill", after, draft.At, execution.Id, execution, position));
        return after;
    }

    /// <summary>Ends an open order.</summary>
    public Order End(Draft draft, Order order, OrderStatus status, DateTimeOffset at)
    {
        var after = order with
        {
            Status = status,
            UpdatedAt = at,
            CanceledAt = status == OrderStatus.Canceled ? at : null,
            ExpiredAt = status == OrderStatus.Expired ? at : null,
            ReplacedAt = status == OrderStatus.Replaced ? at : null,
        };
        draft.Put(after);
        draft.Say(new OrderUpdate(
            status switch { OrderStatus.Canceled => "canceled", OrderStatus.Expired => "expired", _ => "replaced" }, after, at, NewId()));
        return after;
    }

    // Two draws that depend on seed, order and moment only, so a step repeated after a crash draws the same.
    private (double Chance, double Share) Draws(Order order, DateTimeOffset at)
    {
        if (options.PartialFillProbability <= 0)
        {
            return (1, 1);
        }

        var state = (ulong)options.Seed ^ (ulong)at.UtcTicks;
        foreach (var letter in order.ClientOrderId)
        {
            state = (state ^ letter) * 0x100000001B3UL;
        }

        var random = new Random((int)(state ^ (state >> 32)));
        return (random.NextDouble(), random.NextDouble());
    }

    private Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());
}
