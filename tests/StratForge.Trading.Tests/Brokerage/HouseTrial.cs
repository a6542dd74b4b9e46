using System.Globalization;
using System.Text;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Fees;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>Something that happens to a house. The numbers choose among whatever is there.</summary>
public sealed record Step(int Kind, int Who, int What, int Amount, int Price);

/// <summary>A house with a few users and a venue that fills, ends, refuses and forgets to tell, checked after every step.</summary>
/// <remarks>Prices stay between 80 and 120 USD, so that a short position never costs more than its margin. The venue never fills
/// beyond a limit; its reports come late, twice and in any order.</remarks>
internal sealed class HouseTrial
{
    private const string Usd = "USD";
    private const decimal Deposit = 10_000;

    private static readonly string[] s_symbols = ["SPY", "BTC/USD"];
    private static readonly Guid?[] s_sessions = [null, new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9)];

    private readonly House _house;
    private readonly Account[] _users;
    private readonly Dictionary<string, decimal> _prices = s_symbols.ToDictionary(symbol => symbol, _ => 100m, StringComparer.Ordinal);
    private readonly Dictionary<(LedgerAccount Account, string Asset), decimal> _balances = [];
    private readonly Dictionary<Guid, decimal> _pnlBeforeReset = [];
    private readonly Dictionary<Guid, long> _lastEvents = [];
    private readonly Dictionary<Guid, Order> _orders = [];
    private readonly Dictionary<Guid, AtVenue> _venue = [];
    private readonly Dictionary<Guid, VenueReport.Executed> _executions = [];
    private readonly Dictionary<(string Symbol, Side Side, long Seq), decimal> _waterlines = [];
    private readonly Dictionary<Guid, decimal> _waters = [];
    private readonly List<Trade> _trades = [];
    private readonly List<VenueReport> _reports = [];
    private DateTimeOffset _now = new(2026, 3, 2, 15, 0, 0, TimeSpan.Zero);
    private int _slots = int.MaxValue;
    private bool _isFresh = true;
    private int _ids;

    public HouseTrial()
    {
        _house = new House(static (symbol, price) => OrderRules.StepOf(symbol, price, null), _ => NewId());
        _users = [.. Enumerable.Range(0, 3).Select(_ => _house.Admit(NewId(), new AccountState(Deposit, 0, 0, 0), [], []))];
        foreach (var user in _users)
        {
            Move(new Posting(
                new LedgerAccount(LedgerAccount.House, LedgerKind.Cash), new LedgerAccount(user.UserId, LedgerKind.Cash), Usd, Deposit, PostingReason.Deposit));
        }
    }

    /// <summary>Markets so far that moved nothing, as the watches had said.</summary>
    public int QuietLooks { get; private set; }

    public void Take(Step step)
    {
        _now += TimeSpan.FromMilliseconds(100);
        switch (step.Kind)
        {
            case < 6:
                Place(step);
                break;
            case 6:
                OnOpen(step, order => house => house.Cancel(order));
                break;
            case 7:
                OnOpen(step, order => Replacement(order, step));
                break;
            case < 10:
                _prices[s_symbols[step.What % 2]] = 80 + (step.Price % 39) + (step.Amount % 100 / 100m);
                _isFresh = step.Who != 0;
                _slots = step.Amount % 4 == 0 ? step.Who : int.MaxValue;
                Do(static _ => { });
                break;
            case 10:
                OnVenue(step, order => _reports.Add(new VenueReport.Live(order.Broker.Id, order.VenueId)));
                break;
            case < 15:
                OnVenue(step, order => Fill(order, step));
                break;
            case 15:
                OnVenue(step, order => End(order, (step.Amount % 3) switch { 0 => OrderStatus.Canceled, 1 => OrderStatus.Expired, _ => OrderStatus.Rejected }));
                break;
            case 16:
                OnVenue(step, order => TurnAway(order, step));
                break;
            case 17:
                foreach (var order in _venue.Values.Where(order => order is { IsOver: false, Broker.Now.IsRecalled: true }).ToArray())
                {
                    End(order, OrderStatus.Canceled);
                }

                break;
            case 18:
                _now += House.RestsAtMost;
                Do(static _ => { });
                break;
            default:
                Reset(_users[step.Who % 3]);
                break;
        }

        while (_reports.Count > step.Amount % 5)
        {
            Deliver(step.Price % _reports.Count);
        }
    }

    /// <summary>Everything is told and called off: nothing may be left over.</summary>
    public void Finish()
    {
        _slots = 0;
        while (_reports.Count > 0)
        {
            Deliver(0);
        }

        foreach (var order in _venue.Values.Where(order => !order.IsOver).ToArray())
        {
            End(order, OrderStatus.Canceled);
            Deliver(0);
        }

        foreach (var order in _venue.Values)
        {
            Assert.False(order.Broker.IsOpen);
            Assert.Equal(order.Filled, order.Broker.Now.Filled);
        }

        while (_orders.Values.FirstOrDefault(order => order.IsOpen) is { } open)
        {
            Do(house => house.Cancel(open));
        }

        foreach (var user in _users)
        {
            Assert.Equal(0, user.Now.Reserved);
            Assert.Empty(user.Orders);
            Assert.All(user.Positions, position => Assert.Equal(0, position.Now.Reserved));
        }

        foreach (var symbol in s_symbols)
        {
            Assert.True(_house.BookOf(symbol).IsQuiet);
        }
    }

    private void Place(Step step)
    {
        var symbol = s_symbols[step.What % 2];
        var isStock = step.What % 2 == 0;
        var price = _prices[symbol];
        decimal quantity = isStock ? 1 + (step.Amount % 30) : (1 + step.Amount) / 1000m;
        var type = (step.Price / 7 % 6) switch { 0 => OrderType.Limit, 1 => OrderType.Stop, 2 => OrderType.StopLimit, 3 => OrderType.TrailingStop, _ => OrderType.Market };
        var side = step.What / 2 % 2 == 0 ? Side.Buy : Side.Sell;
        var session = s_sessions[step.Amount / 2 % 2];
        if (step.Kind > 2 && _users[step.Who % 3].PositionOf(session, symbol).Now.Quantity is not 0 and var held)
        {
            (side, quantity) = (held > 0 ? Side.Sell : Side.Buy, decimal.Min(quantity, Math.Abs(held)));
        }

        decimal? limit = type is OrderType.Limit or OrderType.StopLimit ? price + (step.Price % 11) - 5 : null;
        decimal? stop = type is OrderType.Stop or OrderType.StopLimit ? price + (step.Price % 7) - 3 : null;
        var time = !isStock ? step.What % 5 == 0 && limit is null && stop is null && type != OrderType.TrailingStop ? "ioc" : "gtc"
            : type is OrderType.Market or OrderType.Limit ? new[] { "day", "gtc", "ioc", "fok" }[step.What / 4 % 4]
            : step.What % 3 == 0 ? "gtc" : "day";
        var terms = new OrderTerms(symbol, side, quantity, type, time, limit, stop, type == OrderType.TrailingStop ? 2 : null);
        var isPair = step.Amount % 7 == 0 && type == OrderType.Limit && time is "day" or "gtc";
        var isLong = (side == Side.Buy) != isPair;
        ExitLegs? legs = step.Amount % 7 < 3 && time is "day" or "gtc"
            ? new ExitLegs(isPair ? null : isLong ? price + 8 : price - 8, isLong ? price - 8 : price + 8, step.Who == 0 ? isLong ? price - 9 : price + 9 : null)
            : null;
        var incoming = new IncomingOrder(
            NewId(), _users[step.Who % 3].UserId, null, null, terms, OrderRules.Collar(terms, price, OrderRules.StepOf(symbol, price, null)), null, _now,
            time == "day" ? _now + TimeSpan.FromSeconds(3) : null, Legs: legs, ExitsOnly: isPair && legs is not null,
            Risk: new RiskTerms(RiskLimits.Unlimited with { AllowShorting = step.Amount % 2 == 0 }, TradingMode.Normal, price, TimeSpan.Zero, 0),
            SessionId: session);
        Do(house => house.Accept(incoming));
    }

    private Action<House> Replacement(Order order, Step step)
    {
        var change = (step.What % 3) switch
        {
            0 => new NewTerms(Quantity: order.Quantity + (step.Amount % 5) - 2),
            1 => new NewTerms(LimitPrice: order.Terms.LimitPrice + 1, StopPrice: order.Terms.StopPrice + 1),
            _ => new NewTerms(Trail: order.Terms.TrailPrice + 1),
        };
        var terms = change.ApplyTo(order.Terms);
        var id = NewId();
        var price = _prices[order.Symbol];
        return OrderRules.Check(terms, null, false) is null
            ? house => house.Replace(
                order, id, terms, OrderRules.Collar(terms, price, OrderRules.StepOf(order.Symbol, price, null)), order.Facts.ExpiresAt,
                new RiskTerms(RiskLimits.Unlimited, TradingMode.Normal, price, TimeSpan.Zero, 0), _now, null, out _)
            : static _ => { };
    }

    private void Reset(Account user)
    {
        if (user.Orders.Count > 0)
        {
            return;
        }

        _pnlBeforeReset[user.UserId] = Balance(user.UserId, LedgerKind.RealisedPnl, Usd);
        Do(house => house.Reset(user, Deposit));
        Assert.Equal(new AccountState(Deposit, 0, 0, user.Now.LastEventId), user.Now);
    }

    private void Fill(AtVenue order, Step step)
    {
        var facts = order.Broker.Facts;
        var left = facts.Quantity - order.Filled;
        var units = step.Amount % 3 == 0 ? left
            : Symbols.ClassOf(facts.Symbol) == AssetClass.Stock && decimal.IsInteger(left) ? decimal.Ceiling(left / (1 + (step.Price % 4)))
            : decimal.Max(decimal.Floor(left * 1_000_000m / (1 + (step.Price % 4))) / 1_000_000m, decimal.Min(left, 0.000001m));
        var market = _prices[facts.Symbol] + (facts.Side == Side.Buy ? 0.05m : -0.05m);
        var price = facts.LimitPrice is { } limit ? facts.Side == Side.Buy ? decimal.Min(limit, market) : decimal.Max(limit, market) : market;
        order.Filled += units;
        order.IsOver = order.Filled == facts.Quantity;
        var report = new VenueReport.Executed(order.Broker.Id, order.VenueId, NewId(), units, price, _now, order.Filled);
        _executions.Add(report.ExecutionId, report);
        _reports.Add(report);
    }

    private void End(AtVenue order, string status)
    {
        order.IsOver = true;
        _reports.Add(new VenueReport.Ended(order.Broker.Id, order.VenueId, status, order.Filled, null));
    }

    private void TurnAway(AtVenue order, Step step)
    {
        if (order.Filled > 0 || order.Broker.Now.VenueOrderId is not null || _reports.Exists(report => report.BrokerOrderId == order.Broker.Id))
        {
            return;
        }

        order.IsOver = true;
        _reports.Add(step.Amount % 2 == 0
            ? new VenueReport.Refused(order.Broker.Id, "BROKER_REJECTED", "BROKER_REJECTED: no")
            : new VenueReport.Held(order.Broker.Id, "wash trade"));
    }

    private void Deliver(int index)
    {
        var report = _reports[index];
        _reports.RemoveAt(index);
        Do(house => Assert.True(house.Apply(report, _now)));

        var before = Describe();
        _house.Apply(report, _now);
        Assert.Empty(_house.Pending.Trades);
        Assert.Empty(_house.Pending.Postings);
        Assert.Empty(_house.Pending.Events);
        Assert.Equal(before, Describe());
        _house.Undo();
    }

    private void OnOpen(Step step, Func<Order, Action<House>> act)
    {
        Order[] open = [.. _orders.Values.Where(order => order.IsOpen)];
        if (open.Length > 0)
        {
            Do(act(open[step.Amount % open.Length]));
        }
    }

    private void OnVenue(Step step, Action<AtVenue> act)
    {
        AtVenue[] open = [.. _venue.Values.Where(order => !order.IsOver)];
        if (open.Length > 0)
        {
            act(open[step.Who % open.Length]);
        }
    }

    // Done, undone as if it could not be written, and done again.
    private void Do(Action<House> act)
    {
        var before = Describe();
        Work(act);
        _house.Undo();
        Assert.Equal(before, Describe());

        Work(act);
        var changes = _house.Pending;
        Assert.Empty(changes.Contradictions);
        foreach (var booked in changes.Postings)
        {
            Move(booked.Posting);
        }

        foreach (var news in changes.Events)
        {
            Assert.Equal(_lastEvents.GetValueOrDefault(news.Account.UserId) + 1, news.Id);
            _lastEvents[news.Account.UserId] = news.Id;
        }

        foreach (var order in changes.Touched<Order>())
        {
            _orders.TryAdd(order.Id, order);
        }

        foreach (var line in changes.Touched<Waterline>().Where(line => line.IsChanged))
        {
            var key = (line.Symbol, line.Side, line.Seq);
            _ = line.Now.IsGone ? _waterlines.Remove(key) : (_waterlines[key] = line.Price) > 0;
        }

        foreach (var broker in changes.Sends)
        {
            _venue.Add(broker.Id, new AtVenue(broker, NewId()));
            var book = _house.BookOf(broker.Facts.Symbol);
            var closable = broker.Facts.Side == Side.Sell ? book.Net : -book.Net;
            Assert.True(closable <= 0 || book.InFlight(broker.Facts.Side) <= closable, "a broker order crosses zero");
        }

        _trades.AddRange(changes.Trades);
        _house.Keep();
        Check();
        CheckTrails();
        CheckWatches();
    }

    // Order by order, as if each had a best price of its own; and what is stored says the same.
    private void CheckTrails()
    {
        foreach (var order in _orders.Values.Where(order => order.Terms.Type == OrderType.TrailingStop && order.Now.Status != OrderStatus.Held))
        {
            decimal? seen = _waters.TryGetValue(order.Id, out var own) || (order.Facts.Replaces is { } former && _waters.TryGetValue(former, out own)) ? own : null;
            if (!order.IsOpen || !order.AwaitsStop)
            {
                Assert.Null(order.Now.TrailsSince);
                Assert.True(seen is null || seen == order.HighWater, $"{order.Id} saw {seen}, not {order.HighWater}");
                continue;
            }

            var price = _prices[order.Symbol];
            var water = seen is not { } best ? price : order.Side == Side.Sell ? decimal.Max(best, price) : decimal.Min(best, price);
            _waters[order.Id] = water;
            Assert.Equal(water, order.HighWater);
            var stored = _waterlines.Where(line => line.Key.Symbol == order.Symbol && line.Key.Side == order.Side && line.Key.Seq <= order.Now.TrailsSince);
            Assert.Equal(water, stored.MaxBy(line => line.Key.Seq).Value);
        }

        Assert.Equal(
            _orders.Values.Where(order => order.Now.TrailsSince is not null)
                .Select(order => (order.Symbol, order.Side, order.HighWater!.Value)).Distinct().Order(),
            _waterlines.Select(line => (line.Key.Symbol, line.Key.Side, line.Value)).Order());
    }

    // Where a watch says that a market moves nothing, routing by that market may change nothing: the gateway does not even look then.
    private void CheckWatches()
    {
        foreach (var symbol in s_symbols)
        {
            var watch = _house.BookOf(symbol).Watch;
            foreach (var market in watch.IsRestless ? [] : MarketsAround(watch).Where(market => !watch.IsMovedBy(market)))
            {
                _house.Route([symbol], _ => market, _now, _slots);
                Assert.True(_house.Pending.IsEmpty, $"{symbol} moved at {market}, against {watch}");
                QuietLooks++;
            }
        }
    }

    // At, just before and just after everything that is waited for.
    private IEnumerable<MarketView> MarketsAround(PriceWatch watch) =>
        from price in (decimal?[])[100m, watch.BuyLimit, watch.SellLimit, watch.BuyStop, watch.SellStop, watch.BuyWater, watch.SellWater]
        where price is not null
        from off in (decimal[])[-0.06m, -0.05m, -0.01m, 0, 0.01m, 0.05m, 0.06m]
        from at in (DateTimeOffset?[])[_now, watch.ExpiresAt, watch.ExpiresAt - TimeSpan.FromMilliseconds(1)]
        where at is not null
        select new MarketView(price.Value + off, price.Value + off - 0.05m, price.Value + off + 0.05m, at.Value, _isFresh);

    private void Work(Action<House> act)
    {
        act(_house);
        _house.Route(
            s_symbols, symbol => new MarketView(_prices[symbol], _prices[symbol] - 0.05m, _prices[symbol] + 0.05m, _now, _isFresh), _now, _slots);
    }

    private void Check()
    {
        Assert.All(_balances.GroupBy(balance => balance.Key.Asset), asset => Assert.Equal(0, asset.Sum(balance => balance.Value)));
        foreach (var user in _users)
        {
            CheckUser(user);
        }

        foreach (var symbol in s_symbols)
        {
            CheckBook(_house.BookOf(symbol));
        }

        CheckExecutions();
    }

    private void CheckUser(Account user)
    {
        Order[] open = [.. _orders.Values.Where(order => order.IsOpen && order.Account == user)];
        Assert.Equal(open.Select(order => order.Id).Order(), user.Orders.Select(order => order.Id).Order());
        Assert.Equal(Balance(user.UserId, LedgerKind.Cash, Usd), user.Now.Cash);
        Assert.Equal(Balance(user.UserId, LedgerKind.CashReserved, Usd), user.Now.Reserved);
        Assert.Equal(Balance(user.UserId, LedgerKind.Margin, Usd), user.Now.Margin);
        Assert.Equal(open.Sum(order => order.Now.ReservedCash), user.Now.Reserved);
        Assert.Equal(user.Positions.Sum(position => position.Now.Margin), user.Now.Margin);
        Assert.True(user.Now.Cash >= 0, $"free cash is {user.Now.Cash}");
        Assert.Equal(
            Balance(user.UserId, LedgerKind.RealisedPnl, Usd) - _pnlBeforeReset.GetValueOrDefault(user.UserId), user.Positions.Sum(position => position.Now.RealisedPnl));
        foreach (var position in user.Positions)
        {
            Assert.InRange(position.Now.Reserved, 0, Math.Abs(position.Now.Quantity));
            Assert.Equal(open.Where(order => order.Position == position).Sum(order => order.Now.ReservedUnits), position.Now.Reserved);
            Assert.All(
                [Side.Buy, Side.Sell],
                side => Assert.Equal(
                    open.Any(order => order.Position == position && order.Side == side && order.Facts.Effect == PositionEffect.Open), position.IsOpening(side)));
        }

        Assert.Equal(open.Length, user.OpenOrders);
        foreach (var symbol in s_symbols)
        {
            Assert.All(
                [Side.Buy, Side.Sell],
                side => Assert.Equal(open.Where(order => order.Symbol == symbol && order.Side == side).Sum(order => order.Remaining), user.Wanted(symbol, side)));
            var reserved = open.Where(order => order.Symbol == symbol && order.Side == Side.Sell).Sum(order => order.Now.ReservedUnits);
            var held = user.Positions.Where(position => position.Symbol == symbol).Sum(position => position.Now.Quantity);
            Assert.Equal(reserved, Balance(user.UserId, LedgerKind.UnitsReserved, symbol));
            Assert.Equal(held - reserved, Balance(user.UserId, LedgerKind.Units, symbol));
        }
    }

    private void CheckBook(SymbolBook book)
    {
        var all = _balances.Where(balance => balance.Key.Asset == book.Symbol && balance.Key.Account.Kind is LedgerKind.Units or LedgerKind.UnitsReserved)
            .Sum(balance => balance.Value);
        Assert.Equal(all, book.Net);
        BrokerOrder[] open = [.. book.BrokerOrders.Where(order => order.IsOpen)];
        foreach (var broker in open)
        {
            Assert.True(broker.Remaining <= broker.Orders.Where(order => order.IsOpen && order.Now.BrokerOrderId == broker.Id).Sum(order => order.Remaining));
            Assert.DoesNotContain(open, other => other.Facts.Side != broker.Facts.Side
                && SymbolBook.WouldTrade(broker.Facts.Side, broker.Facts.LimitPrice, other.Facts.LimitPrice));
        }

        Assert.All(
            _users.SelectMany(user => user.Orders)
                .Where(order => order.Symbol == book.Symbol && order.IsOpen && order.Now.BrokerOrderId is not null),
            order => Assert.Contains(open, broker => broker.Id == order.Now.BrokerOrderId));
        Assert.All(book.AtHome, order => Assert.True(order.IsOpen && order.Now.BrokerOrderId is null));
    }

    private void CheckExecutions()
    {
        foreach (var parts in _trades.GroupBy(trade => trade.ExecutionId))
        {
            if (!_executions.TryGetValue(parts.Key, out var execution))
            {
                Assert.Equal(2, parts.Count());
                Assert.Equal(2, parts.Select(part => part.Order.Account).Distinct().Count());
                continue;
            }

            var facts = _venue[execution.BrokerOrderId].Broker.Facts;
            var cash = ExecutionCash.Of(execution.Quantity, execution.Price);
            var fee = Symbols.ClassOf(facts.Symbol) == AssetClass.Stock ? 0 : facts.Side == Side.Buy ? CryptoFee.OfBuy(execution.Quantity) : CryptoFee.OfSale(cash);
            Assert.Equal(
                (execution.Quantity, cash, fee), (parts.Sum(part => part.Share.Quantity), parts.Sum(part => part.Share.Cash), parts.Sum(part => part.Share.Fee)));
        }
    }

    // Everything that an undone unit of work has to leave as it was.
    private string Describe()
    {
        var text = new StringBuilder();
        foreach (var user in _users)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{user.Now} {user.OrdersSince(_now - TimeSpan.FromMinutes(1))}");
            foreach (var position in user.Positions.Where(position => position.Now != Holding.Flat).OrderBy(position => (position.Symbol, position.SessionId)))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{position.Symbol} {position.SessionId} {position.Now}");
            }

            foreach (var order in user.Orders)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{order.Id} {order.Now} {order.HighWater} {House.StopOf(order)} {ReferenceEquals(_house.FindOrder(order.Id), order)}");
            }
        }

        foreach (var book in s_symbols.Select(_house.BookOf))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{book.Watch}");
            text.AppendLine(CultureInfo.InvariantCulture, $"{book.Net:0.#########} {string.Join(' ', book.AtHome.Select(order => order.Id))}");
            foreach (var broker in book.BrokerOrders)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{broker.Id} {broker.Now}");
            }
        }

        return text.ToString();
    }

    private void Move(Posting posting)
    {
        _balances[(posting.Debit, posting.Asset)] = _balances.GetValueOrDefault((posting.Debit, posting.Asset)) - posting.Amount;
        _balances[(posting.Credit, posting.Asset)] = _balances.GetValueOrDefault((posting.Credit, posting.Asset)) + posting.Amount;
    }

    private decimal Balance(Guid owner, string kind, string asset) => _balances.GetValueOrDefault((new LedgerAccount(owner, kind), asset));

    private Guid NewId() => new(++_ids, 1, 7, 0, 0, 0, 0, 0, 0, 0, 1);

    /// <summary>A broker order as the venue sees it.</summary>
    private sealed class AtVenue(BrokerOrder broker, Guid venueId)
    {
        public BrokerOrder Broker => broker;

        public Guid VenueId => venueId;

        public decimal Filled { get; set; }

        public bool IsOver { get; set; }
    }
}
