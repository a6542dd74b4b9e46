using System.Globalization;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Strategies.Feeds;
using StratForge.Strategies.Indicators;
using StratForge.Strategies.Timers;

namespace StratForge.Strategies.Running;

/// <summary>One strategy at work: feeds it events in order, keeps its view of account and bars, gathers what it emits.</summary>
/// <remarks>Everything here is a function of the events alone, so the same events give the same signals. python/stratforge/running.py is its twin.
/// At one instant the order is: fills, order updates, trades and quotes, bars (symbols in ordinal order, shorter bars before longer ones), timers.</remarks>
internal sealed class StrategyRun
{
    private const int MostIndicators = 256;
    private const int MostTimers = 64;
    private const int MostWarmUp = 10_000;

    private readonly Strategy _strategy;
    private readonly List<Signal> _signals = [];
    private readonly RunNotes _notes = new();
    private readonly SessionAccount _account;
    private readonly SymbolView _primary;
    private readonly List<SymbolView> _views = [];
    private readonly List<BarFeed> _feeds = [];
    private readonly List<RunTimer> _timers = [];
    private BarFeed? _default;
    private SymbolView? _last;
    private string? _silentBecause = "OnStart declares indicators, subscriptions and timers";
    private string? _explanation;
    private bool _declaring = true;
    private bool _isReady;
    private bool _isLive;
    private int _indicators;
    private long _tickets;

    // Nothing of the clock's own happens before: no timer is due, no longer bar ends.
    private long _nextDue = long.MaxValue;

    private StrategyRun(Strategy strategy, RunSettings settings)
    {
        _strategy = strategy;
        _account = new SessionAccount(_signals) { Cash = settings.Cash };
        _primary = new SymbolView(settings.Symbol, settings.IsCrypto) { Position = settings.Position };
        _views.Add(_primary);
        Random = new SeededRandom(settings.Seed);
    }

    public string Symbol => _primary.Symbol;

    public bool IsCrypto => _primary.IsCrypto;

    public Position Position => _primary.Position;

    public double Cash => _account.Cash;

    public double BuyingPower => _account.BuyingPower(signal => PriceOf(signal.Ticket!.Symbol));

    public double Equity
    {
        get
        {
            var equity = Cash;
            foreach (var view in _views)
            {
                if (view.Position.Quantity != 0)
                {
                    // A price that nobody saw yet is the one that was paid.
                    equity += view.Position.Quantity * (double.IsNaN(view.LastPrice) ? view.Position.AveragePrice : view.LastPrice);
                }
            }

            return equity;
        }
    }

    public BarFeed DefaultFeed => _default ??= FeedOf(_primary, minutes: 1);

    public EventClock Clock { get; } = new();

    public SeededRandom Random { get; }

    public StrategyState State { get; } = new();

    public IReadOnlyList<OrderUpdate> OpenOrders => _account.OpenOrders;

    /// <summary>One-minute bars of history that are worth reading before the first one of the session.</summary>
    public int WarmUp { get; private set; }

    /// <summary>What is to be fed beside the bars of the session's symbol.</summary>
    public IReadOnlyList<SubscriptionFrame> Subscriptions { get; private set; } = [];

    /// <summary>Symbols whose bars are fed: the session's own, then those of <see cref="Subscriptions"/> in their order.</summary>
    public IReadOnlyList<string> BarSymbols { get; private set; } = [];

    /// <summary>What the last event emitted, in order. Cleared by <see cref="Answered"/>.</summary>
    public IReadOnlyList<Signal> Signals => _signals;

    /// <summary>Orders to take back before those signals.</summary>
    public IReadOnlyList<string> Cancels => _account.Cancels;

    /// <summary>All open orders are to be taken back.</summary>
    public bool CancelsAll => _account.CancelsAll;

    /// <summary>What was logged, plotted and marked since the last answer.</summary>
    public RunNotes Notes => _notes;

    /// <summary>The worker has to hear of this event before there is another one.</summary>
    public bool MustAnswer => _signals.Count > 0 || _notes.AreFull || _account.CancelsAll || _account.Cancels.Count > 0;

    /// <summary>Binds <paramref name="strategy"/> to its surroundings, calls its start handler and, when it goes on from something kept, the one for that.</summary>
    public static StrategyRun Start(Strategy strategy, RunSettings settings)
    {
        var run = new StrategyRun(strategy, settings);
        strategy.Run = run;
        strategy.OnStart();
        run._declaring = false;
        run.Settle(strategy.MinBars);
        if (settings.State is { } kept)
        {
            run._silentBecause = "OnRestore comes before the market";
            run.State.Restore(kept.Version, kept.Value);
            strategy.OnRestore();
        }

        run._silentBecause = null;
        return run;
    }

    /// <summary>Takes a one-minute bar of history: indicators and look-back only.</summary>
    public void Warm(in Bar bar) => Take(bar);

    /// <summary>Takes the next closed one-minute bar.</summary>
    public void OnBar(in Bar bar)
    {
        BeginEvent();
        if (!_isLive)
        {
            GoLive(bar.ClosesAtMs);
        }

        Take(bar);
    }

    /// <summary>Takes the next trade of the market.</summary>
    public void OnTrade(in Trade trade)
    {
        BeginEvent();
        Clock.Advance(trade.AtMs);
        var view = ViewOf(trade.Symbol);
        view.LastPrice = trade.Price;
        if (_isReady)
        {
            Returned(_strategy.OnTrade(trade));
        }
    }

    /// <summary>Takes the next quote of the market.</summary>
    public void OnQuote(in Quote quote)
    {
        BeginEvent();
        Clock.Advance(quote.AtMs);
        if (_isReady)
        {
            Returned(_strategy.OnQuote(quote));
        }
    }

    /// <summary>Takes what happened to an order, with the account as that left it.</summary>
    /// <param name="cash">Cash free to spend.</param>
    /// <param name="position">What is held of the order's symbol.</param>
    /// <param name="update">The order.</param>
    /// <param name="fill">The execution that this is about, if it is about one.</param>
    /// <param name="ticket">Number of the signal that the order came of.</param>
    public void OnUpdate(double cash, Position position, OrderUpdate update, Fill? fill, long? ticket = null)
    {
        BeginEvent();
        _account.Cash = cash;
        ViewOf(update.Symbol).Position = position;
        var known = _account.FindTicket(ticket) is { } found ? update with { Ticket = found } : update;
        _account.Follow(known);
        if (fill is not null)
        {
            Clock.Advance(fill.At.ToUnixTimeMilliseconds());
            _strategy.OnFill(fill);
        }

        _strategy.OnOrder(known);
    }

    /// <summary>Takes what the platform made of a signal before any order event tells of it.</summary>
    /// <param name="number">The signal's number.</param>
    /// <param name="status"><c>ACCEPTED</c>, <c>REJECTED</c> or <c>RECORDED</c>.</param>
    /// <param name="orderId">The order that it became.</param>
    /// <param name="code">Why it was refused.</param>
    public void OnOutcome(long number, string status, string? orderId, string? code)
    {
        BeginEvent();
        if (_account.FindTicket(number) is not { } ticket)
        {
            return;
        }

        if (status == "RECORDED")
        {
            ticket.Recorded();
            return;
        }

        var update = new OrderUpdate(
            orderId ?? string.Empty, ticket.Symbol, ticket.Signal.Action, status == "ACCEPTED" ? "accepted" : "rejected", ticket.Signal.Quantity, 0, null, code)
        {
            Ticket = ticket,
        };
        _account.Follow(update);
        if (status != "ACCEPTED")
        {
            // Whoever is refused and asks again at once would be refused again, without end.
            _silentBecause = "a refusal is being told; the next event is the time to react";
            _strategy.OnOrder(update);
            _silentBecause = null;
        }
    }

    /// <summary>Tells the strategy that it ends.</summary>
    public void OnStop(StopReason reason)
    {
        BeginEvent();
        _silentBecause = "OnStop comes after trading";
        _strategy.OnStop(reason);
    }

    /// <summary>Forgets what the last event emitted: it has been handed on.</summary>
    public void Answered()
    {
        _signals.Clear();
        _account.Answered();
        _notes.Clear();
    }

    /// <summary>What the strategy keeps, as JSON, if that changed since the last time.</summary>
    public byte[]? TakeChangedState() => State.HasChanged ? State.TakeJson(_strategy.StateVersion) : null;

    /// <summary>The shape of what is kept.</summary>
    public int StateVersion => _strategy.StateVersion;

    public T Declare<T>(T indicator, BarFeed? feed)
        where T : Indicator
    {
        ArgumentNullException.ThrowIfNull(indicator);
        Declaring("Indicators are declared in OnStart: they have to see every bar.");
        if (_indicators++ == MostIndicators)
        {
            throw new InvalidOperationException($"A strategy declares at most {MostIndicators} indicators.");
        }

        (feed ?? DefaultFeed).Declare(indicator);
        return indicator;
    }

    public BarFeed Subscribe(string symbol, string timeframe)
    {
        Declaring("Subscriptions are made in OnStart: what comes later would have no history.");
        var minutes = Timeframes.Parse(timeframe);
        var view = Wanted(symbol);
        var feed = FeedOf(view, minutes);
        if (ReferenceEquals(view, _primary))
        {
            _default ??= feed;
        }

        return feed;
    }

    public void SubscribeTicks(string? symbol, bool quotes)
    {
        Declaring("Subscriptions are made in OnStart.");
        var view = Wanted(symbol ?? Symbol);
        view.WantsTrades |= !quotes;
        view.WantsQuotes |= quotes;
    }

    public void AddTimer(Func<bool, TimerSchedule> schedule)
    {
        Declaring("Timers are set up in OnStart.");
        if (_timers.Count == MostTimers)
        {
            throw new InvalidOperationException($"A strategy has at most {MostTimers} timers.");
        }

        _timers.Add(new RunTimer(schedule(_primary.IsCrypto)));
    }

    public Signal Send(Signal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        return Replaced(signal) ?? Append(signal);
    }

    public void Cancel(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        MaySpeak();
        if (ticket.OrderId is { } order)
        {
            _account.Cancel(order);
        }
    }

    public void Cancel(string orderId)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        MaySpeak();
        _account.Cancel(orderId);
    }

    public void CancelAll()
    {
        MaySpeak();
        _account.CancelAll();
    }

    public Position PositionOf(string symbol) => ViewOf(symbol).Position;

    public double ToClose(string? symbol) => _account.ToClose(Traded(symbol));

    public double ToTarget(double quantity, string? symbol) => _account.ToTarget(Traded(symbol), quantity);

    public double ToTargetPercent(double share, double? limit, string? symbol)
    {
        var view = Traded(symbol);
        var price = limit is null && share != 0 ? PriceOf(view.Symbol) : view.LastPrice;
        return _account.ToTargetPercent(view, share, limit, price, Equity, BuyingPower);
    }

    public void Explain(string text)
    {
        MaySpeak();
        _explanation = text;
    }

    private void BeginEvent()
    {
        _notes.BeginEvent();
        _explanation = null;
    }

    private void Declaring(string otherwise)
    {
        if (!_declaring)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private void Settle(int minBars)
    {
        if (minBars is < 0 or > MostWarmUp)
        {
            throw new InvalidOperationException($"The strategy wants {minBars} bars before its first call; 0 to {MostWarmUp} are possible.");
        }

        DefaultFeed.WantAtLeast(minBars);
        foreach (var feed in _feeds)
        {
            if (feed.WarmUp > MostWarmUp)
            {
                throw new InvalidOperationException($"The strategy wants {feed.WarmUp} bars before its first call; 0 to {MostWarmUp} are possible.");
            }

            WarmUp = (int)Math.Max(WarmUp, Math.Min(MostWarmUp, feed.WarmUpMinutes));
        }

        _isReady = _feeds.TrueForAll(feed => feed.WarmUp == 0);
        _views.Sort((one, other) => string.CompareOrdinal(one.Symbol, other.Symbol));
        _last = _views.FindLast(view => view.Minutes is not null || view.Longer.Count > 0);
        Subscriptions =
        [
            .. _views.Where(view => !ReferenceEquals(view, _primary) && (view.Minutes is not null || view.Longer.Count > 0))
                .Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Bars)),
            .. _views.Where(view => view.WantsTrades).Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Trades)),
            .. _views.Where(view => view.WantsQuotes).Select(view => new SubscriptionFrame(view.Symbol, SubscriptionFrame.Quotes)),
        ];
        BarSymbols = [Symbol, .. Subscriptions.Where(one => one.Feed == SubscriptionFrame.Bars).Select(one => one.Symbol)];
    }

    private SymbolView Wanted(string symbol)
    {
        if (!Symbols.IsWellFormed(symbol))
        {
            throw new ArgumentException($"'{symbol}' is not a symbol: stocks look like AAPL, crypto like BTC/USD.", nameof(symbol));
        }

        var view = _views.Find(one => one.Symbol == symbol);
        if (view is not null)
        {
            return view;
        }

        if (_views.Count == HostProtocol.MaxSubscriptions)
        {
            throw new InvalidOperationException($"A strategy subscribes to at most {HostProtocol.MaxSubscriptions} symbols.");
        }

        view = new SymbolView(symbol, Symbols.ClassOf(symbol) == AssetClass.Crypto);
        _views.Add(view);
        return view;
    }

    private BarFeed FeedOf(SymbolView view, int minutes)
    {
        var known = minutes == 1 ? view.Minutes : view.Longer.Find(feed => feed.Minutes == minutes);
        if (known is not null)
        {
            return known;
        }

        if (_feeds.Count == HostProtocol.MaxSubscriptions)
        {
            throw new InvalidOperationException($"A strategy subscribes to at most {HostProtocol.MaxSubscriptions} rows of bars.");
        }

        var feed = new BarFeed(view.Symbol, minutes);
        _feeds.Add(feed);
        if (minutes == 1)
        {
            view.Minutes = feed;
        }
        else
        {
            view.Longer.Add(feed);
            view.Longer.Sort((one, other) => one.Minutes.CompareTo(other.Minutes));
        }

        return feed;
    }

    private SymbolView ViewOf(string symbol) =>
        ReferenceEquals(symbol, _primary.Symbol) || symbol == _primary.Symbol ? _primary
        : _views.Find(view => view.Symbol == symbol) ?? throw new ArgumentException($"{symbol} is not subscribed to: Subscribe(\"{symbol}\") in OnStart.", nameof(symbol));

    private SymbolView Traded(string? symbol) => symbol is null ? _primary : ViewOf(symbol);

    private double PriceOf(string symbol) => ViewOf(symbol).LastPrice is var price && double.IsNaN(price)
        ? throw new InvalidOperationException($"There is no price of {symbol} yet: no bar was seen.")
        : price;

    private void GoLive(long atMs)
    {
        _isLive = true;
        foreach (var timer in _timers)
        {
            timer.DueAt = timer.Schedule.After(atMs - 1);
        }

        RefreshDue();
    }

    private void Take(in Bar bar)
    {
        if (bar.ClosesAtMs > _nextDue)
        {
            CatchUp(bar.ClosesAtMs);
        }

        Clock.Advance(bar.ClosesAtMs);
        var view = ViewOf(bar.Symbol);
        view.LastPrice = bar.Close;
        if (view.Minutes is { } minutes)
        {
            Deliver(minutes, bar);
        }

        if (view.Longer.Count > 0)
        {
            foreach (var feed in view.Longer)
            {
                feed.Build(bar);
                if (feed.EndsAt <= bar.ClosesAtMs)
                {
                    Deliver(feed, feed.Finish());
                }
            }

            RefreshDue();
        }

        if (_isLive && _timers.Count > 0 && ReferenceEquals(view, _last))
        {
            Fire(bar.ClosesAtMs + 1, bar.ClosesAtMs);
            RefreshDue();
        }
    }

    private void Deliver(BarFeed feed, in Bar bar)
    {
        feed.See(bar);
        _isReady = _isReady || _feeds.TrueForAll(one => one.Seen >= one.WarmUp);
        if (_isReady && _isLive)
        {
            Returned(_strategy.OnBar(bar));
        }
    }

    // What the clock passes on its way to the next bar: longer bars that ended without a trade in their last minute, timers.
    private void CatchUp(long untilMs)
    {
        while (true)
        {
            BarFeed? ending = null;
            foreach (var view in _views)
            {
                foreach (var feed in view.Longer)
                {
                    if (feed.EndsAt < (ending?.EndsAt ?? untilMs))
                    {
                        ending = feed;
                    }
                }
            }

            Fire(ending?.EndsAt ?? untilMs, untilMs);
            if (ending is null)
            {
                break;
            }

            Clock.Advance(ending.EndsAt);
            Deliver(ending, ending.Finish());
        }

        RefreshDue();
    }

    // Timers due before an instant, earliest first. One whose time came several times while nothing happened is due once.
    private void Fire(long beforeMs, long nowMs)
    {
        while (_isLive && _timers.Count > 0)
        {
            var next = _timers[0];
            foreach (var timer in _timers)
            {
                next = timer.DueAt < next.DueAt ? timer : next;
            }

            if (next.DueAt >= beforeMs)
            {
                return;
            }

            var due = next.DueAt;
            next.DueAt = next.Schedule.After(Math.Max(due, nowMs - 1));
            Clock.Advance(due);
            if (_isReady)
            {
                _strategy.OnTimer(new TimerEvent(next.Schedule.Name, DateTimeOffset.FromUnixTimeMilliseconds(due)));
            }
        }
    }

    private void RefreshDue()
    {
        _nextDue = long.MaxValue;
        foreach (var view in _views)
        {
            foreach (var feed in view.Longer)
            {
                _nextDue = Math.Min(_nextDue, feed.EndsAt);
            }
        }

        foreach (var timer in _timers)
        {
            _nextDue = Math.Min(_nextDue, timer.DueAt);
        }
    }

    private void Returned(Signal? signal)
    {
        if (signal is null)
        {
            return;
        }

        // One of an earlier event, kept and returned again, is wanted once more.
        _ = Replaced(signal) ?? Append(signal);
    }

    // A signal of this event that comes again, perhaps changed, takes its own place.
    private Signal? Replaced(Signal signal)
    {
        var place = signal.Ticket is null ? -1 : _signals.FindLastIndex(sent => ReferenceEquals(sent.Ticket, signal.Ticket));
        if (place < 0)
        {
            return null;
        }

        if (!ReferenceEquals(_signals[place], signal))
        {
            _signals[place] = Checked(signal);
            signal.Ticket!.Signal = _signals[place];
        }

        return _signals[place];
    }

    private Signal Append(Signal signal)
    {
        var symbol = Traded(signal.Symbol).Symbol;
        var fit = Checked(signal with { Explanation = _explanation });
        MaySpeak();
        if (_signals.Count == HostProtocol.MaxSignalsPerEvent)
        {
            throw new InvalidOperationException($"One event may emit at most {HostProtocol.MaxSignalsPerEvent} signals.");
        }

        var ticket = _account.NewTicket(++_tickets, fit, symbol);
        var sent = fit with { Ticket = ticket };
        ticket.Signal = sent;
        _signals.Add(sent);
        _explanation = null;
        return sent;
    }

    private void MaySpeak()
    {
        if (_silentBecause is not null)
        {
            throw new InvalidOperationException($"No signals here: {_silentBecause}.");
        }
    }

    private static Signal Checked(Signal signal)
    {
        if (Lots.Nearest(signal.Quantity) <= 0)
        {
            throw new ArgumentException($"A quantity of {Number(signal.Quantity)} can't be traded: it has to be greater than zero.");
        }

        if (!(signal.Confidence is >= 0 and <= 1))
        {
            throw new ArgumentException($"A confidence of {Number(signal.Confidence)} is not between 0 and 1.");
        }

        CheckPrice("limit", signal.LimitPrice);
        CheckPrice("stop", signal.StopPrice);
        CheckPrice("trail", signal.TrailPrice);
        CheckPrice("trail in percent", signal.TrailPercent);
        CheckPrice("take profit", signal.TakeProfit);
        CheckPrice("stop loss", signal.StopLoss);
        CheckPrice("stop loss limit", signal.StopLossLimit);
        if ((signal.TrailPrice is not null || signal.TrailPercent is not null)
            && (signal is { TrailPrice: not null, TrailPercent: not null } or { TrailPercent: >= 100 } || signal.LimitPrice is not null || signal.StopPrice is not null))
        {
            throw new ArgumentException("A trailing stop has either a distance or a percentage below 100, and neither limit nor stop.");
        }

        if (signal is { StopLossLimit: not null, StopLoss: null })
        {
            throw new ArgumentException("A limit of the stop loss goes with a stop loss.");
        }

        var json = SignalJson.Of(signal.Metadata, signal.Explanation);
        return json is null && signal.MetadataJson is null ? signal : signal with { MetadataJson = json };
    }

    private static void CheckPrice(string name, double? price)
    {
        if (price is { } given && !(given > 0 && double.IsFinite(given)))
        {
            throw new ArgumentException($"A {name} of {Number(given)} is not a price: it has to be greater than zero.");
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class RunTimer(TimerSchedule schedule)
    {
        public TimerSchedule Schedule { get; } = schedule;

        public long DueAt { get; set; } = long.MaxValue;
    }
}
