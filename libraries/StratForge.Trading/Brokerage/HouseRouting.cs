using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <content>The way of orders to the broker: docs/shared-account.md is the policy, this is its text.</content>
public sealed partial class House
{
    /// <summary>How long a broker order may rest at the venue before the house looks whether it should come home.</summary>
    public static readonly TimeSpan RestsAtMost = TimeSpan.FromSeconds(2);

    // Most a crypto order may be worth at Alpaca is 200,000 USD; a little below, since the price moves on its way.
    private const decimal LargestCryptoOrder = 190_000m;

    // Broker orders sent for each user in this minute; one that carries several users' orders counts for each in part.
    private readonly Dictionary<Guid, double> _served = [];
    private DateTimeOffset _servedSince;

    /// <summary>Moves the orders of some symbols on: reached stops become orders, opposite orders of different users meet, what can trade
    /// goes to the broker. While the request budget is short, who was served least goes first.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="marketOf">Where the market of a symbol is; null when nobody knows.</param>
    /// <param name="now">Now.</param>
    /// <param name="slots">Broker orders that may be sent at most.</param>
    /// <returns>Whether something had to wait for the budget.</returns>
    public bool Route(IEnumerable<string> symbols, Func<string, MarketView?> marketOf, DateTimeOffset now, int slots)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentNullException.ThrowIfNull(marketOf);
        if (now - _servedSince >= Minute)
        {
            _served.Clear();
            _servedSince = now;
        }

        var groups = new List<Parcel>();
        foreach (var symbol in symbols)
        {
            if (_books.TryGetValue(symbol, out var book) && !book.IsQuiet)
            {
                Prepare(book, marketOf(symbol), now, groups);
            }
        }

        groups.Sort(static (one, other) => one.Orders[0].CreatedAt.CompareTo(other.Orders[0].CreatedAt));
        if (groups.Count > slots)
        {
            groups.Sort((one, other) => ServedOf(one).CompareTo(ServedOf(other)) is not 0 and var order ? order : one.Orders[0].CreatedAt.CompareTo(other.Orders[0].CreatedAt));
        }

        var isShort = false;
        foreach (var parcel in groups)
        {
            if (slots > 0)
            {
                slots -= Send(parcel, groups, now) ? 1 : 0;
            }
            else
            {
                isShort = true;
                Wait(parcel.Orders, Guid.Empty, "the request budget of the shared account is used up for the moment");
            }
        }

        return isShort;
    }

    private void Prepare(SymbolBook book, MarketView? market, DateTimeOffset now, List<Parcel> groups)
    {
        Expire(book, market);
        Trigger(book, market, now);
        var ready = new List<Order>();
        var stuck = new HashSet<(Position, Side)>();
        foreach (var order in book.Resting.ReadyAt(market))
        {
            if (!order.IsInHouse)
            {
                continue;
            }

            // What a session asks for happens in the order in which it asked: nothing overtakes an opposite order at the market that is
            // still waiting, for units or for its turn.
            var mayGo = !stuck.Contains((order.Position, order.Side == Side.Buy ? Side.Sell : Side.Buy)) && IsReady(order, market, now);
            if (mayGo)
            {
                ready.Add(order);
            }
            else if (order is { IsInHouse: true, Limit: null, AwaitsStop: false, Facts.Leg: null })
            {
                stuck.Add((order.Position, order.Side));
            }
        }

        if (market is { IsFresh: true, Bid: > 0 and { } bid, Ask: > 0 and { } ask } && bid <= ask)
        {
            Cross(ready, (bid + ask) / 2, market, now);
        }

        RecallResting(book, ready, market, now);
        groups.AddRange(ready.Where(order => order.IsInHouse).GroupBy(KeyOf).Select(group => new Parcel(book, group.Key, [.. group], market)));
    }

    private double ServedOf(Parcel parcel) => parcel.Orders.Min(order => _served.GetValueOrDefault(order.Account.UserId));

    // Stops and what is left of a day.
    private void Expire(SymbolBook book, MarketView? market)
    {
        if (market is null)
        {
            return;
        }

        foreach (var order in book.Resting.ExpiredAt(market.At))
        {
            if (order.IsOpen)
            {
                Close(order, OrderStatus.Expired, null, "The day was over.");
            }
        }
    }

    private void Trigger(SymbolBook book, MarketView? market, DateTimeOffset now)
    {
        if (market is null)
        {
            return;
        }

        book.Trail(market.Last, (order, since) => Set(order, order.Now with { TrailsSince = since }));
        foreach (var order in book.Resting.StopsAt(market.Last))
        {
            Set(order, order.Now with { TriggeredAt = now });
            Tell(order, "order", null);
        }
    }

    /// <summary>Where an order's stop is now, USD; null when it has none yet.</summary>
    /// <param name="order">The order.</param>
    public static decimal? StopOf(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Terms.Type != OrderType.TrailingStop)
        {
            return order.Terms.StopPrice;
        }

        if (order.HighWater is not { } water)
        {
            return null;
        }

        var distance = order.Terms.TrailPrice ?? (water * order.Terms.TrailPercent!.Value / 100m);
        return order.Side == Side.Sell ? water - distance : water + distance;
    }

    // What could trade now: funded, not held back, and at the market or with a limit that the market has reached.
    private bool IsReady(Order order, MarketView? market, DateTimeOffset now)
    {
        if (order.AwaitsStop || order.Now.HeldUntil > now)
        {
            return false;
        }

        if (order.Facts.Leg == ExitLeg.StopLoss && !TakeOver(order))
        {
            return false;
        }

        if (order.Facts.Effect == PositionEffect.Close && order.Now.ReservedUnits < order.Remaining && !Fund(order))
        {
            // It counts on units that are still to come; once nothing can bring them it is over.
            if (!order.Account.Orders.Any(other => MayBring(other, order)))
            {
                Close(
                    order, OrderStatus.Rejected, "INSUFFICIENT_QUANTITY",
                    $"INSUFFICIENT_QUANTITY: required={Figure(order.Remaining)} available={Figure(decimal.Max(order.Position.Now.Free, 0))}");
            }

            return false;
        }

        if (order.Limit is not { } limit || order.Terms.TimeInForce is "ioc" or "fok")
        {
            return CanPay(order, market);
        }

        return market is { IsFresh: true } && IsReached(order.Side, limit, market);
    }

    // Only what was asked for before it: a younger purchase waits behind the sale itself, and each would wait for the other for ever.
    private static bool MayBring(Order purchase, Order sale) =>
        purchase.IsOpen && purchase.CreatedAt < sale.CreatedAt && ReferenceEquals(purchase.Position, sale.Position) && purchase.Side != sale.Side
        && !purchase.AwaitsStop && purchase.Now.Status != OrderStatus.Held;

    // A market purchase may pay what is reserved for it. Once the market has left that behind, more is reserved, or it is over.
    private bool CanPay(Order order, MarketView? market)
    {
        if (order is not { Side: Side.Buy, Limit: null, Now.CollarPrice: { } collar } || (market?.Ask ?? market?.Last) is not { } price || price <= collar)
        {
            return true;
        }

        var raised = OrderRules.Collar(order.Terms with { Type = OrderType.Market }, price, stepOf(order.Symbol, price))!.Value;
        var needed = CashFor(order.Side, order.Facts.Effect, order.Remaining, raised, order.Position.Now) - order.Now.ReservedCash;
        if (needed > order.Account.Now.Cash)
        {
            Close(
                order, OrderStatus.Rejected, "INSUFFICIENT_FUNDS",
                $"INSUFFICIENT_FUNDS: required={Figure(needed)} available={Figure(order.Account.Now.Cash)}; the price rose to {Figure(price)}");
            return false;
        }

        Set(order, order.Now with { CollarPrice = raised });
        ReserveCash(order, decimal.Max(0, needed));
        return true;
    }

    // Opposite orders of different users trade with each other at the middle of the quote, the oldest of each side first.
    private void Cross(List<Order> ready, decimal price, MarketView market, DateTimeOffset now)
    {
        foreach (var buy in ready.Where(order => order.Side == Side.Buy).ToArray())
        {
            foreach (var sell in ready.Where(order => order.Side == Side.Sell).ToArray())
            {
                if (MayCross(buy, price) && MayCross(sell, price) && buy.Account != sell.Account)
                {
                    Cross(buy, sell, price, market, now);
                }
            }
        }

        ready.RemoveAll(order => !order.IsInHouse);
    }

    private static bool MayCross(Order order, decimal price) => order.IsInHouse && TakesPrice(order, price);

    private static bool TakesPrice(Order order, decimal price) =>
        order.Remaining > 0
        && order.Terms.TimeInForce is not "fok"
        && (order.Limit is not { } limit || (order.Side == Side.Buy ? limit >= price : limit <= price))
        && (order is not { Side: Side.Buy, Now.CollarPrice: { } collar } || collar >= price);

    private void Cross(Order buy, Order sell, decimal price, MarketView market, DateTimeOffset now)
    {
        var quantity = decimal.Min(buy.Remaining, sell.Remaining);
        var execution = newId(now);
        var cash = Fees.ExecutionCash.Of(quantity, price);
        // Nothing goes to the venue, so nobody pays its fee.
        Book(buy, new FillShare(quantity, price, cash, 0), execution, null, market.At);
        Book(sell, new FillShare(quantity, price, cash, 0), execution, null, market.At);
        _pending.Decisions.Add(new RoutingDecision(
            "cross", buy.Symbol, buy.Id, null, sell.Id, quantity, price,
            $"bid={Figure(market.Bid!.Value)} ask={Figure(market.Ask!.Value)}: two users met in the house at the middle"));
    }

    private bool Send(Parcel parcel, List<Parcel> all, DateTimeOffset now)
    {
        var (book, key, orders, market) = parcel;
        var limit = LimitOf(orders);
        if (all.Find(other => IsAhead(other, parcel, limit)) is { } ahead)
        {
            // Else whoever wants the side that is at the broker already could go on for ever.
            Wait(orders, ahead.Orders[0].Id, "an older order of the other side waits for its turn");
            return false;
        }

        if (book.Opposing(key.Side, limit) is { } opposing)
        {
            Wait(orders, opposing.Id, "an opposite order is open at the broker");
            return false;
        }

        var wanted = orders.Sum(order => order.Remaining);
        var quantity = Portion(book, key.Side, wanted, limit ?? market?.Last, besidesOthers: true);
        if (key.TimeInForce == "fok" && quantity < wanted)
        {
            if (Portion(book, key.Side, wanted, limit ?? market?.Last, besidesOthers: false) is var whole && whole < wanted)
            {
                // In parts it would not be all or nothing any more.
                Close(orders[0], OrderStatus.Canceled, null, $"Of {Figure(wanted)} only {Figure(whole)} can go in one order now, and it is all or nothing.");
                return false;
            }

            quantity = 0;
        }

        if (quantity <= 0)
        {
            Wait(
                orders, Guid.Empty,
                key.Side == Side.Sell && book.Net <= 0
                    ? "the venue sells no part of a unit short; it waits for a buyer in the house, or until the account holds some"
                    : "what the account holds at the broker is promised to orders on their way");
            return false;
        }

        if (quantity < wanted)
        {
            _pending.Decisions.Add(new RoutingDecision(
                "split", book.Symbol, orders[0].Id, null, null, quantity, null,
                $"of {Figure(wanted)} wanted only so much may go in one order: none crosses zero or the venue's largest size"));
        }

        Make(book, orders, key, limit, quantity, now);
        foreach (var order in orders)
        {
            var (user, share) = (order.Account.UserId, 1.0 / orders.Length);
            _served[user] = _served.GetValueOrDefault(user) + share;
            _pending.Served.Add((user, share));
        }

        return true;
    }

    // An older parcel of the other side that is itself held up by what is at the broker.
    private static bool IsAhead(Parcel other, Parcel parcel, decimal? limit) =>
        ReferenceEquals(other.Book, parcel.Book)
        && other.Key.Side != parcel.Key.Side
        && other.Orders[0].CreatedAt < parcel.Orders[0].CreatedAt
        && other.Orders[0].IsInHouse
        && SymbolBook.WouldTrade(parcel.Key.Side, limit, LimitOf(other.Orders))
        && other.Book.Opposing(other.Key.Side, LimitOf(other.Orders)) is not null;

    private static ParcelKey KeyOf(Order order)
    {
        // The house keeps an order for as long as its owner wishes; at the venue it lives for the day, which parts of a unit have to.
        var venueTime = order.Terms.TimeInForce is "ioc" or "fok" ? order.Terms.TimeInForce
            : Symbols.ClassOf(order.Symbol) == AssetClass.Crypto ? "gtc" : "day";
        return order.Limit is null
            ? new ParcelKey(order.Side, venueTime, venueTime == "fok" ? order.Id : null)
            : new ParcelKey(order.Side, venueTime, order.Id);
    }

    // A purchase at the market goes out with the most that is reserved per unit as its limit: nobody's cash can fall below zero.
    private static decimal? LimitOf(Order[] orders) =>
        orders[0].Limit ?? (orders[0].Side == Side.Buy ? orders.Min(order => order.Now.CollarPrice) : null);

    // How much of what is wanted may go in one order now, beside what is on its way already or, once that is over, without it.
    private static decimal Portion(SymbolBook book, Side side, decimal wanted, decimal? price, bool besidesOthers)
    {
        var most = wanted;
        if (Symbols.ClassOf(book.Symbol) == AssetClass.Crypto)
        {
            most = price is > 0 ? decimal.Min(most, decimal.Floor(LargestCryptoOrder / price.Value * 10_000m) / 10_000m) : most;
        }
        else if (side == Side.Sell && book.Net <= 0)
        {
            // The venue lends whole units only.
            most = decimal.Floor(most);
        }

        // Long and short users may share a symbol: what goes to the broker first closes what the account has there, and no order
        // does more than close it.
        var closable = side == Side.Sell ? book.Net : -book.Net;
        return closable > 0 ? decimal.Min(most, decimal.Max(0, closable - (besidesOthers ? book.InFlight(side) : 0))) : most;
    }

    private void Make(
        SymbolBook book, Order[] orders, ParcelKey key, decimal? limit, decimal quantity, DateTimeOffset now)
    {
        // An order sent for the first time lends its id, so that alone it bears the same one everywhere. One that was lent before is that of a
        // repeat of an order that is over: it can't be written, and the caller then gets the stored answer.
        var id = orders[0].Now.WasSent || _brokerOrders.ContainsKey(orders[0].Id) ? newId(now) : orders[0].Id;
        var broker = new BrokerOrder(
            this,
            new BrokerOrderFacts(
                id, book.Symbol, key.Side, limit is null ? OrderType.Market : OrderType.Limit, key.TimeInForce, quantity, limit, now,
                orders[0].Facts.Traceparent),
            new BrokerOrderProgress(OrderStatus.Accepted),
            orders, [], isWritten: false);
        _brokerOrders.Add(id, broker);
        book.Add(broker);
        _pending.Touch(broker);
        _pending.Sends.Add(broker);
        foreach (var order in orders)
        {
            Set(order, order.Now with { BrokerOrderId = id, HeldUntil = null, WasSent = true, WaitsFor = null });
        }
    }

    private void Wait(Order[] orders, Guid behind, string reason)
    {
        // Told once per cause, not at every turn.
        foreach (var order in orders.Where(order => order.Now.WaitsFor != behind))
        {
            Set(order, order.Now with { WaitsFor = behind });
            _pending.Decisions.Add(new RoutingDecision(
                "wait", order.Symbol, order.Id, behind == Guid.Empty ? null : behind, null, order.Remaining, null, reason));
        }
    }

    // At the venue orders are to trade, not to rest: what rests there blocks everybody who wants the opposite.
    private void RecallResting(SymbolBook book, List<Order> ready, MarketView? market, DateTimeOffset now)
    {
        if (market is not { IsFresh: true })
        {
            return;
        }

        foreach (var broker in book.LeftBy(market).Where(broker => MayRecall(broker, now)).ToArray())
        {
            Recall(broker, "the market has left its price");
        }

        if (market is not { Bid: > 0 and { } bid, Ask: > 0 and { } ask })
        {
            return;
        }

        var middle = (bid + ask) / 2;
        foreach (var side in ready.Where(order => MayCross(order, middle)).Select(order => order.Side).Distinct().ToArray())
        {
            foreach (var broker in book.MadeBefore(now - RestsAtMost, side == Side.Buy ? Side.Sell : Side.Buy).Where(broker => MayRecall(broker, now)).ToArray())
            {
                if (CouldCross(broker, ready, middle))
                {
                    Recall(broker, "another user's opposite order can trade with it in the house");
                }
            }
        }
    }

    private static bool MayRecall(BrokerOrder broker, DateTimeOffset now) =>
        broker is { IsOpen: true, Now.IsRecalled: false } && broker.Facts.CreatedAt <= now - RestsAtMost && broker.Facts.TimeInForce is not ("ioc" or "fok");

    // Whether the two would meet if it were at home: else it would only go out again, and be called back again.
    private static bool CouldCross(BrokerOrder broker, List<Order> ready, decimal price)
    {
        Order[] carried = [.. Carried(broker).Where(order => !order.Now.CancelAsked && TakesPrice(order, price))];
        return ready.Exists(waiting =>
            waiting.Side != broker.Facts.Side && MayCross(waiting, price) && Array.Exists(carried, order => order.Account != waiting.Account));
    }

    private static bool IsReached(Side side, decimal limit, MarketView market) =>
        side == Side.Buy ? limit >= market.Offer : limit <= market.Demand;

    private void Recall(BrokerOrder broker, string reason)
    {
        if (!broker.IsOpen || broker.Now.IsRecalled)
        {
            return;
        }

        Set(broker, broker.Now with { IsRecalled = true });
        _pending.Decisions.Add(new RoutingDecision("recall", broker.Facts.Symbol, null, broker.Id, null, broker.Remaining, null, reason));
        if (broker.Now.VenueOrderId is not null)
        {
            _pending.Recalls.Add(broker);
        }
    }

    /// <summary>What makes orders alike enough to travel as one: at the market with side and time; anything else goes alone.</summary>
    private readonly record struct ParcelKey(Side Side, string TimeInForce, Guid? Alone);

    /// <summary>Orders that are ready to go to the broker as one.</summary>
    private sealed record Parcel(SymbolBook Book, ParcelKey Key, Order[] Orders, MarketView? Market);
}
