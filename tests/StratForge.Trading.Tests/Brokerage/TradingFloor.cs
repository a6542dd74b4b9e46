using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>A house with users, a market and a venue that do as a test says. Whatever happens is routed and kept at once.</summary>
internal sealed class TradingFloor
{
    public const string Stock = "SPY";
    public const string Coin = "BTC/USD";

    private readonly Dictionary<string, MarketView> _markets = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, decimal> _filledAtVenue = [];
    private int _ids;

    public TradingFloor()
    {
        House = new House(static (symbol, price) => OrderRules.StepOf(symbol, price, null), _ => NewId());
        Now = new DateTimeOffset(2026, 3, 2, 15, 0, 0, TimeSpan.Zero);
    }

    public House House { get; }

    public DateTimeOffset Now { get; private set; }

    /// <summary>Broker orders that may be sent per round.</summary>
    public int Slots { get; set; } = int.MaxValue;

    public List<RoutingDecision> Decisions { get; } = [];

    public List<Trade> Trades { get; } = [];

    public List<SignalResult> SignalResults { get; } = [];

    public List<BrokerOrder> Sent { get; } = [];

    public List<BrokerOrder> Recalled { get; } = [];

    public List<(Order Order, string Reason)> HeldLong { get; } = [];

    /// <summary>What a user has and holds by hand of the stock at first.</summary>
    public Account Open(decimal cash = 100_000, decimal units = 0, decimal price = 100)
    {
        var margin = units < 0 ? -units * price * 1.5m : 0;
        var account = House.Admit(
            NewId(), new AccountState(cash, 0, margin, 0), units == 0 ? [] : [(null, Stock, new Holding(units, price, 0, 0, margin))], []);
        House.RestoreNet(Stock, House.BookOf(Stock).Net + units);
        return account;
    }

    public IntakeAnswer Try(
        Account user, Side side, decimal quantity, decimal? limit = null, decimal? stop = null, decimal? trail = null, decimal? trailPercent = null,
        string time = "day", string symbol = Stock, ExitLegs? legs = null, bool exitsOnly = false, Guid? session = null, bool mayShort = false,
        DateTimeOffset? expiresAt = null, decimal? notional = null)
    {
        Now += TimeSpan.FromMilliseconds(1);
        var terms = new OrderTerms(symbol, side, quantity, TypeOf(limit, stop, trail ?? trailPercent), time, limit, stop, trail, trailPercent);
        var price = _markets.GetValueOrDefault(symbol) is { } market ? market.Ask ?? market.Last : (decimal?)null;
        var answer = House.Accept(new IncomingOrder(
            NewId(), user.UserId, null, null, terms, OrderRules.Collar(terms, price, OrderRules.StepOf(symbol, price ?? 1, null)), null, Now, expiresAt,
            Legs: legs, ExitsOnly: exitsOnly, Notional: notional, SessionId: session,
            Risk: new RiskTerms(RiskLimits.Unlimited with { AllowShorting = mayShort }, TradingMode.Normal, price, TimeSpan.Zero, 0)));
        Settle();
        return answer;
    }

    /// <inheritdoc cref="Try"/>
    public Order Place(
        Account user, Side side, decimal quantity, decimal? limit = null, decimal? stop = null, decimal? trail = null, decimal? trailPercent = null,
        string time = "day", string symbol = Stock, ExitLegs? legs = null, bool exitsOnly = false, Guid? session = null, bool mayShort = false,
        DateTimeOffset? expiresAt = null, decimal? notional = null)
    {
        var answer = Try(user, side, quantity, limit, stop, trail, trailPercent, time, symbol, legs, exitsOnly, session, mayShort, expiresAt, notional);
        Assert.Equal((ExecuteOutcome.Accepted, null), (answer.Status, answer.Detail));
        return answer.Order!;
    }

    /// <summary>The market moves.</summary>
    public void Quote(decimal bid, decimal ask, string symbol = Stock, bool isFresh = true, DateTimeOffset? at = null)
    {
        _markets[symbol] = new MarketView((bid + ask) / 2, bid, ask, at ?? Now, isFresh);
        Settle();
    }

    /// <summary>Time passes.</summary>
    public void Wait(TimeSpan time)
    {
        Now += time;
        Settle();
    }

    public void Cancel(Order order)
    {
        House.Cancel(order);
        Settle();
    }

    public Order? Replace(Order order, NewTerms change, out Refusal? refusal, RiskLimits? limits = null, TradingMode mode = TradingMode.Normal)
    {
        Now += TimeSpan.FromMilliseconds(1);
        var terms = change.ApplyTo(order.Terms);
        var price = _markets[order.Symbol].Ask!.Value;
        var successor = House.Replace(
            order, NewId(), terms, OrderRules.Collar(terms, price, OrderRules.StepOf(terms.Symbol, price, null)), order.Facts.ExpiresAt,
            new RiskTerms(limits ?? RiskLimits.Unlimited, mode, price, TimeSpan.Zero, 0), Now, null, out refusal);
        Settle();
        return successor;
    }

    /// <summary>The broker order that an order travels in now.</summary>
    public BrokerOrder Carrier(Order order) => House.FindBrokerOrder(order.Now.BrokerOrderId ?? throw new InvalidOperationException("It is in the house."))!;

    public void Fill(BrokerOrder broker, decimal quantity, decimal price)
    {
        var filled = _filledAtVenue[broker.Id] = _filledAtVenue.GetValueOrDefault(broker.Id) + quantity;
        Report(new VenueReport.Executed(broker.Id, VenueIdOf(broker), NewId(), quantity, price, Now, filled));
    }

    public void Fill(Order order, decimal price) => Fill(Carrier(order), Carrier(order).Remaining, price);

    public void End(BrokerOrder broker, string status) =>
        Report(new VenueReport.Ended(broker.Id, VenueIdOf(broker), status, _filledAtVenue.GetValueOrDefault(broker.Id), null));

    public void Report(VenueReport report)
    {
        Assert.True(House.Apply(report, Now));
        Settle();
    }

    public void GoLive(BrokerOrder broker) => Report(new VenueReport.Live(broker.Id, VenueIdOf(broker)));

    /// <summary>Routes without saying that it was written.</summary>
    public void Route() => House.Route([Stock, Coin], _markets.GetValueOrDefault, Now, Slots);

    private void Settle()
    {
        Route();
        Assert.Empty(House.Pending.Contradictions);
        Decisions.AddRange(House.Pending.Decisions);
        Trades.AddRange(House.Pending.Trades);
        SignalResults.AddRange(House.Pending.SignalResults);
        Sent.AddRange(House.Pending.Sends);
        Recalled.AddRange(House.Pending.Recalls);
        HeldLong.AddRange(House.Pending.HeldLong);
        House.Keep();
    }

    private static string TypeOf(decimal? limit, decimal? stop, decimal? trail) =>
        trail is not null ? OrderType.TrailingStop
        : stop is not null ? limit is null ? OrderType.Stop : OrderType.StopLimit
        : limit is null ? OrderType.Market : OrderType.Limit;

    private static Guid VenueIdOf(BrokerOrder broker)
    {
        var bytes = broker.Id.ToByteArray();
        bytes[0] = 0xee;
        return new Guid(bytes);
    }

    private Guid NewId() => new(++_ids, 1, 7, 0, 0, 0, 0, 0, 0, 0, 1);
}
