using StratForge.Contracts.Calendar;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Persistence;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>
/// The exchange itself: one clock, one account, one order book, behind one lock. Whoever comes in first walks the market up to
/// now, so that every request sees all that happened before it, in order.
/// </summary>
/// <remarks>Each request and each market step is one commit: changed in memory, journaled, then told to the streams.</remarks>
internal sealed class TradingFloor : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ExchangeOptions _options;
    private readonly TimeProvider _time;
    private readonly IJournal _journal;
    private readonly IOrderAudience _orders;
    private readonly IMarketAudience _market;
    private readonly MarketClock _clock;
    private readonly AccountBook _book;
    private readonly PriceBoard _board;
    private readonly Dealer _dealer;
    private readonly TradingHalts _halts = new();
    private readonly DateTimeOffset _begins;
    private readonly List<MarketTick> _ticks = [];
    private readonly Dictionary<string, (PriceBar Day, DateTimeOffset Through)> _days = new(StringComparer.Ordinal);
    private Exception? _fault;

    public TradingFloor(
        ExchangeOptions options,
        PriceSource prices,
        TimeProvider time,
        IJournal journal,
        AccountBook? book,
        IOrderAudience orders,
        IMarketAudience market,
        FaultPlan faults)
    {
        (_options, Prices, _time, _journal, _orders, _market) = (options, prices, time, journal, orders, market);
        _board = new PriceBoard(options.SpreadBps is { } spread ? (decimal)spread : prices.DefaultSpreadBps);
        _book = book ?? OpenAccount();
        _clock = new MarketClock(prices, time, options.Speed, _book.At);
        _begins = prices.BeginsAt(time.GetUtcNow());
        foreach (var instrument in prices.Instruments)
        {
            if (prices.PriceAt(instrument, _book.At) is { } price)
            {
                _board.Move(instrument, price);
            }
        }

        _dealer = new Dealer(options, prices, _board, _book, _halts, faults, time);
    }

    public PriceSource Prices { get; }

    /// <summary>Runs <paramref name="question"/> against the market and the account as they are now.</summary>
    public T Ask<T>(Func<FloorView, T> question)
    {
        lock (_gate)
        {
            Walked();
            return question(new FloorView(this));
        }
    }

    /// <summary>Runs <paramref name="command"/> at an instant of its own and commits what it changed before returning.</summary>
    public T Do<T>(Func<FloorView, Draft, T> command)
    {
        lock (_gate)
        {
            Walked();
            var draft = new Draft(_book, _clock.Stamp(_book.At));
            return Unbroken(
                () =>
                {
                    var answer = command(new FloorView(this), draft);
                    if (!draft.IsEmpty)
                    {
                        Journal(draft);
                        _orders.Tell(draft.Updates);
                    }

                    return answer;
                },
                mayFail: () => draft.IsEmpty);
        }
    }

    /// <summary>Stocks in which trading stands still.</summary>
    public IReadOnlyList<TradingHalt> Halts => Ask(floor => floor.Halts);

    /// <summary>Stops trading in a stock and tells the streams. Orders rest until <see cref="Resume"/>.</summary>
    public TradingHalt Halt(Instrument instrument, string reasonCode, string reason)
    {
        lock (_gate)
        {
            Walked();
            var halt = new TradingHalt(instrument.Symbol, _clock.Stamp(_book.At), reasonCode, reason);
            _halts.Begin(halt);
            _market.Tell([new MarketTick.Status(instrument, halt.At, "H", "Trading Halt", reasonCode, reason)]);
            return halt;
        }
    }

    /// <summary>Lets a stock trade again; resting orders meet the market at its next step.</summary>
    /// <returns>Whether it was halted.</returns>
    public bool Resume(Instrument instrument)
    {
        lock (_gate)
        {
            Walked();
            if (!_halts.End(instrument.Symbol))
            {
                return false;
            }

            _market.Tell([new MarketTick.Status(instrument, _clock.Stamp(_book.At), "T", "Trading Resumption", "", "")]);
            return true;
        }
    }

    /// <summary>The quote that stands around a price, of any time.</summary>
    public TopOfBook QuoteAround(decimal price, Instrument instrument) => _board.Around(price, instrument);

    /// <summary>Lets the market walk up to now, whether anyone asks or not.</summary>
    /// <returns>Real time until there is something to do again.</returns>
    public TimeSpan Walk()
    {
        lock (_gate)
        {
            Walked();
            return _clock.UntilNextStep();
        }
    }

    public void Dispose() => _journal.Dispose();

    /// <summary>The floor as seen from inside its lock; not to be kept.</summary>
    internal readonly struct FloorView(TradingFloor floor)
    {
        public AccountBook Book => floor._book;

        public DateTimeOffset Now => floor._clock.Now;

        public bool Ended => floor._clock.Ended;

        public IReadOnlyList<TradingHalt> Halts => floor._halts.All;

        public ExchangeOptions Options => floor._options;

        public PriceSource Prices => floor.Prices;

        public decimal? LastPrice(Instrument instrument) => floor._board.Last(instrument);

        public TopOfBook? Quote(Instrument instrument) => floor._board.Quote(instrument);

        /// <summary>What the account is worth and may buy.</summary>
        /// <param name="freed">Held dollars that are about to be given back.</param>
        public AccountFigures Figures(decimal freed = 0m) => floor.Figures(freed);

        public Guid NewId() => floor.NewId();

        public bool IsOpenFor(Instrument instrument, OrderRequest request, DateTimeOffset at) =>
            TradingSessions.IsOpenFor(instrument, request.TimeInForce, request.ExtendedHours, at, floor._options.Hours);

        /// <summary>Brings an accepted order to the market: live, and traded as far as it can be at once.</summary>
        public void Route(Draft draft, Order order) => floor._dealer.Route(draft, order);

        /// <summary>Lays a leg away until its turn comes.</summary>
        public void Hold(Draft draft, Order leg) => floor._dealer.Hold(draft, leg);

        /// <summary>Ends an open order, and with it, unless another takes its place, the rest of its group.</summary>
        public Order End(Draft draft, Order order, OrderStatus status, DateTimeOffset at) => floor._dealer.End(draft, order, status, at);
    }

    private void Walked() => Unbroken(() =>
    {
        CatchUp();
        return true;
    });

    // What failed halfway is in memory but not in the journal: answering on would show a state no restart comes back to.
    // The walker meets the same fault, and with it the service ends. What failed before it changed anything is one request's trouble.
    private T Unbroken<T>(Func<T> work, Func<bool>? mayFail = null)
    {
        if (_fault is not null)
        {
            throw new InvalidOperationException("The exchange stopped after a fault.", _fault);
        }

        try
        {
            return work();
        }
        catch (Exception fault) when (mayFail?.Invoke() != true)
        {
            _fault = fault;
            throw;
        }
    }

    private AccountBook OpenAccount()
    {
        var book = new AccountBook();
        var begins = Prices.BeginsAt(_time.GetUtcNow());
        var opening = new Commit(1, begins, new Opening(NewId(), decimal.Round((decimal)_options.StartingCash, 2)));
        opening.ApplyTo(book);
        _journal.Write(opening);
        return book;
    }

    // Only at the beginning: once under way the market goes on alone.
    private bool IsHeld => _options.AwaitListener && _clock.Now == _begins && !_market.WantsMinuteBars;

    private Guid NewId() => Guid.CreateVersion7(_time.GetUtcNow());

    private void CatchUp()
    {
        if (IsHeld)
        {
            _clock.Hold();
            return;
        }

        _clock.Collect();
        while (_clock.Step())
        {
            OnStep();
        }
    }

    // The clock stands on a quarter minute. What the passed minute was becomes known, orders lapse, the price moves, orders trade.
    private void OnStep()
    {
        _ticks.Clear();
        var now = _clock.Now;
        var isMinute = now.UtcTicks % TimeSpan.TicksPerMinute == 0;
        if (isMinute)
        {
            TellBars(now);
            if (_clock.SkipPause())
            {
                now = _clock.Now;
            }
        }

        var draft = new Draft(_book, now);
        if (isMinute)
        {
            MarkClose(draft, now);
        }

        Expire(draft, now);
        if (!_clock.Ended)
        {
            MovePrices(now);
            Trade(draft);
        }

        // A step without consequences needs no line of its own: after a restart it happens again in the same way.
        if (isMinute || !draft.IsEmpty)
        {
            Journal(draft);
        }

        _market.Tell(_ticks);
        _orders.Tell(draft.Updates);
    }

    private void TellBars(DateTimeOffset now)
    {
        foreach (var instrument in Prices.Instruments)
        {
            if (Prices.MinuteBar(instrument, now - PriceSource.Minute) is not { } bar)
            {
                continue;
            }

            _ticks.Add(new MarketTick.MinuteBar(instrument, bar));
            if (_market.WantsDayBars(instrument) && DayWith(instrument, bar, now) is { } day)
            {
                _ticks.Add(new MarketTick.DayBar(instrument, day));
            }
        }
    }

    // A day grows by its minutes; only the first look at it goes through all of them.
    private PriceBar? DayWith(Instrument instrument, PriceBar minute, DateTimeOffset now)
    {
        var starts = PriceSource.StartOf(instrument, PriceSource.DayOf(instrument, minute.OpensAt));
        var grown = _days.TryGetValue(instrument.Symbol, out var known) && known.Day.OpensAt == starts && known.Through == minute.OpensAt - PriceSource.Minute
            ? PriceBar.Over(starts, [known.Day, minute])
            : Prices.DayBar(instrument, PriceSource.DayOf(instrument, minute.OpensAt), now);
        if (grown is { } day)
        {
            _days[instrument.Symbol] = (day, minute.OpensAt);
        }

        return grown;
    }

    private void MovePrices(DateTimeOffset now)
    {
        var minute = PriceSource.MinuteOf(now);
        var step = (int)((now - minute) / BarPath.Step);
        foreach (var instrument in Prices.Instruments)
        {
            if (Prices.MinuteBar(instrument, minute) is not { } bar)
            {
                continue;
            }

            var (at, price, size) = PriceStep.Of(instrument, bar, step);
            _board.Move(instrument, price);
            var top = _board.Around(price, instrument);
            _ticks.Add(new MarketTick.Quote(instrument, at, top));
            if (size > 0m)
            {
                _ticks.Add(new MarketTick.Trade(instrument, at, price, size));
            }

            if (_market.WantsOrderBooks(instrument))
            {
                _ticks.Add(new MarketTick.Book(instrument, at, top));
            }
        }
    }

    private void Trade(Draft draft)
    {
        foreach (var instrument in Prices.Instruments)
        {
            if (!_book.HasOpen(instrument.Symbol))
            {
                continue;
            }

            foreach (var id in _book.OpenIn(instrument.Symbol).ToArray())
            {
                if (_book.Find(id) is { IsOpen: true } order)
                {
                    _dealer.Route(draft, order);
                }
            }
        }
    }

    private void Expire(Draft draft, DateTimeOffset now)
    {
        if (_book.OpenOrders == 0)
        {
            return;
        }

        foreach (var lapsed in _book.AllOpen().Where(order => order.ExpiresAt <= now).OrderBy(order => order.ExpiresAt))
        {
            // One of a group may have taken it along.
            if (_book.Find(lapsed.Id) is not { IsOpen: true } order)
            {
                continue;
            }

            // Good-till-canceled orders are canceled by the venue's job at the end of their life, and auction orders after theirs; day orders expire.
            var ending = order.TimeInForce == TimeInForce.Gtc || order.TimeInForce.IsAuction() ? OrderStatus.Canceled : OrderStatus.Expired;
            _dealer.End(draft, order, ending, order.ExpiresAt.GetValueOrDefault());
        }
    }

    // Before the prices move: those that stand are the last of the session, also where the clock has just gone over the night.
    private void MarkClose(Draft draft, DateTimeOffset now)
    {
        var today = NewYork.DateOf(now);
        var close = TradingCalendar.IsTradingDay(today) && CloseOf(today) is var todays && todays <= now
            ? todays
            : CloseOf(TradingCalendar.PreviousTradingDay(today));
        if (close > _book.Equity[^1].At)
        {
            draft.MarkEquity(new EquityMark(close, Figures().Equity));
        }

        static DateTimeOffset CloseOf(DateOnly date) => NewYork.At(date, TradingCalendar.CloseOf(date));
    }

    private AccountFigures Figures(decimal freed = 0m) => Margin.Of(
        _book.Cash,
        _book.HeldCash - freed,
        _book.Positions.Select(position => (position, Prices.Find(position.Symbol)!, _board[position.Symbol])),
        int.Min(_options.Multiplier, int.Parse(_book.Configuration.MaxMarginMultiplier, System.Globalization.CultureInfo.InvariantCulture)));

    private void Journal(Draft draft)
    {
        var commit = draft.ToCommit(_book.LastCommit + 1);
        _journal.Write(commit);
        _book.MoveClock(commit.At, commit.Number);
        if (_journal.IsLong)
        {
            _journal.Compact(_book);
        }
    }
}
