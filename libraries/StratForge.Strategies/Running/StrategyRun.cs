using StratForge.Contracts.Hosting;

namespace StratForge.Strategies.Running;

/// <summary>One strategy at work: feeds it events in order, keeps its view of account and bars, gathers what it emits.</summary>
/// <remarks>Everything here is a function of the events alone, so the same events give the same signals. python/stratforge/running.py is its twin.
/// At one instant the order is: fills, order updates, trades and quotes, bars (symbols in ordinal order, shorter bars before longer ones), timers.</remarks>
internal sealed partial class StrategyRun
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

    public Position PositionOf(string symbol) => ViewOf(symbol).Position;

    private void BeginEvent()
    {
        _notes.BeginEvent();
        _explanation = null;
    }

    private SymbolView ViewOf(string symbol) =>
        ReferenceEquals(symbol, _primary.Symbol) || symbol == _primary.Symbol ? _primary
        : _views.Find(view => view.Symbol == symbol) ?? throw new ArgumentException($"{symbol} is not subscribed to: Subscribe(\"{symbol}\") in OnStart.", nameof(symbol));

    private SymbolView Traded(string? symbol) => symbol is null ? _primary : ViewOf(symbol);

    private double PriceOf(string symbol) => ViewOf(symbol).LastPrice is var price && double.IsNaN(price)
        ? throw new InvalidOperationException($"There is no price of {symbol} yet: no bar was seen.")
        : price;
}
