using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.Trading.Fees;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>Brings orders to the market, trades them and ends them. Works inside the floor's lock.</summary>
internal sealed partial class Dealer(ExchangeOptions options, PriceSource prices, PriceBoard board, AccountBook book, TradingHalts halts, FaultPlan faults, TimeProvider time)
{
    /// <summary>Brings an accepted order to the market: live, and traded as far as it can be at once.</summary>
    public void Route(Draft draft, Order order)
    {
        var instrument = prices.Find(order.Symbol)!;
        var open = TradingSessions.IsOpenFor(instrument, order.TimeInForce, order.ExtendedHours, draft.At, options.Hours);
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
            Say(draft, "pending_new", order with { Status = OrderStatus.PendingNew }, draft.At, isIdentified: false);
            order = GoLive(draft, order);
        }

        // In a halt orders are taken and rest; no stop is reached, since nothing trades.
        if (halts.IsHalted(order.Symbol))
        {
            if (order.TimeInForce.IsImmediate())
            {
                End(draft, order, OrderStatus.Canceled, draft.At);
            }

            return;
        }

        if (order.IsStop && order.ElectedAt is null)
        {
            if (Elected(draft, order, instrument) is not { } elected)
            {
                return;
            }

            order = elected;
        }

        // A held leg that is no stop waits for its entry.
        if (order.Status == OrderStatus.Held)
        {
            return;
        }

        var after = Match(draft, order, instrument);
        if (after.IsOpen && after.TimeInForce.IsImmediate())
        {
            End(draft, after, OrderStatus.Canceled, draft.At);
        }
    }

    // Null while the order goes on waiting for its price.
    private Order? Elected(Draft draft, Order order, Instrument instrument)
    {
        if ((order.Status == OrderStatus.Held && !IsArmed(order)) || board.Last(instrument) is not { } last)
        {
            return null;
        }

        if (order.Type == OrderType.TrailingStop)
        {
            order = Trail(draft, order, last, instrument);
        }

        if (!StopElection.IsElected(order.Side, order.StopPrice.GetValueOrDefault(), last))
        {
            return null;
        }

        order = order with { ElectedAt = draft.At };
        if (order.Status == OrderStatus.Held)
        {
            return Release(draft, order);
        }

        draft.Put(order);
        return order;
    }

    private static Order Trail(Draft draft, Order order, decimal last, Instrument instrument)
    {
        var best = TrailingStop.Best(order.Side, order.BestPrice, last);
        if (best == order.BestPrice && order.StopPrice is not null)
        {
            return order;
        }

        order = order with { BestPrice = best, StopPrice = TrailingStop.StopOf(order.Side, best, order.TrailPrice, order.TrailPercent, instrument.Tick) };
        draft.Put(order);
        return order;
    }

    // What an order may cost or has to bring once it is live; null when it takes any price.
    private static decimal? LimitOf(Order order, Instrument instrument) => order.Type switch
    {
        OrderType.Limit or OrderType.StopLimit => order.LimitPrice,
        OrderType.Stop => StopElection.LimitOf(order.Side, order.StopPrice.GetValueOrDefault(), instrument.Tick),
        _ => null,
    };

    private Order Match(Draft draft, Order order, Instrument instrument)
    {
        if (board.Quote(instrument) is not { } quote || QuoteMatching.PriceOf(order.Side, LimitOf(order, instrument), quote) is not { } price)
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
        draft.Say(new OrderUpdate(leaves == 0m ? "fill" : "partial_fill", after, draft.At, execution.Id, execution, position, LegsOf(after)));
        FollowFill(draft, after);
        return after;
    }

    /// <summary>Ends an open order, and with it, unless another takes its place, the rest of its group.</summary>
    public Order End(Draft draft, Order order, OrderStatus status, DateTimeOffset at)
    {
        var after = EndAlone(draft, order, status, at);
        if (after.Class != OrderClass.Simple && status != OrderStatus.Replaced)
        {
            EndOthers(draft, after, at);
        }

        return after;
    }

    private Order EndAlone(Draft draft, Order order, OrderStatus status, DateTimeOffset at)
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
        Say(draft, status switch { OrderStatus.Canceled => "canceled", OrderStatus.Expired => "expired", _ => "replaced" }, after, at);
        return after;
    }

    private void Say(Draft draft, string name, Order order, DateTimeOffset at, bool isIdentified = true) =>
        draft.Say(new OrderUpdate(name, order, at, isIdentified ? NewId() : null, Legs: LegsOf(order)));

    private IReadOnlyList<Order>? LegsOf(Order order) => order.HasLegs ? book.LegsOf(order.Id) : null;

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
