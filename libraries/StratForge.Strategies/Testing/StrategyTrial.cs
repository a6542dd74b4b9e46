using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Strategies.Running;

namespace StratForge.Strategies.Testing;

/// <summary>Tries a strategy out: feed it bars, look at its signals.</summary>
/// <remarks>
/// <code>StrategyTrial.Of(new SmaCross { Fast = 2, Slow = 3 }).Closes(10, 10, 10, 12, 9, 9).ShouldSignal("BUY 1666", "SELL 1666");</code>
/// <para>The strategy runs as it does on the platform, in the same order of events. Its orders fill by simple rules, so that what follows from a fill can be
/// tried as well: a market order at the open of the next bar, a limit or stop order when a later bar reaches it (at the open when that lies beyond),
/// always as a whole and without fees; exits come to life with the bar after the entry's. What it can't pay or does not hold is refused. Python's
/// <c>stratforge.testing</c> does the same.</para>
/// </remarks>
public sealed class StrategyTrial
{
    private readonly StrategyRun _run;
    private readonly Strategy _strategy;
    private readonly TrialBroker? _broker;
    private readonly List<Signal> _signals = [];
    private readonly List<Fill> _fills = [];
    private readonly List<string> _logs = [];
    private readonly List<PlotFrame> _plots = [];
    private readonly List<MarkFrame> _marks = [];
    private byte[] _state = "{}"u8.ToArray();
    private long _nextAt;

    private StrategyTrial(Strategy strategy, string symbol, double cash, long seed, bool fills, string? state, DateTimeOffset? from)
    {
        _strategy = strategy;
        _nextAt = (from ?? MondayMorning).ToUnixTimeMilliseconds();
        _broker = fills ? new TrialBroker(symbol, cash) : null;
        var kept = state is null ? null : new StateFrame(strategy.StateVersion, JsonSerializer.Deserialize<JsonElement>(state));
        _run = StrategyRun.Start(
            strategy, new RunSettings(symbol, Symbols.ClassOf(symbol) == AssetClass.Crypto, seed, cash, default, kept));
        Handled();
    }

    /// <summary>The open of the exchange on Monday, 8 January 2024: the start of the first bar unless you say otherwise.</summary>
    public static DateTimeOffset MondayMorning { get; } = new(2024, 1, 8, 14, 30, 0, TimeSpan.Zero);

    /// <summary>Its signals so far, each in one line: <c>BUY 10</c>, <c>SELL 5 limit 99.5</c>.</summary>
    public IReadOnlyList<string> Signals => [.. _signals.Select(signal => signal.ToString())];

    /// <summary>The same as they are.</summary>
    public IReadOnlyList<Signal> RawSignals => _signals;

    /// <summary>What was executed.</summary>
    public IReadOnlyList<Fill> Fills => _fills;

    /// <summary>What it logged: <c>info: text</c>.</summary>
    public IReadOnlyList<string> Logs => _logs;

    /// <summary>What it plotted.</summary>
    public IReadOnlyList<PlotFrame> Plots => _plots;

    /// <summary>What it marked.</summary>
    public IReadOnlyList<MarkFrame> Marks => _marks;

    /// <summary>What it keeps, as JSON.</summary>
    public string State => Encoding.UTF8.GetString(_state);

    /// <summary>What it holds of its symbol.</summary>
    public Position Position => _run.Position;

    /// <summary>Cash free to spend.</summary>
    public double Cash => _run.Cash;

    /// <summary>Cash plus positions at their last price.</summary>
    public double Equity => _run.Equity;

    /// <summary>One-minute bars of history it wants before the first one of its own.</summary>
    public int WarmUp => _run.WarmUp;

    /// <summary>Begins.</summary>
    /// <param name="strategy">What is tried; parameters are set when it is built.</param>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="cash">Cash it starts with.</param>
    /// <param name="seed">Seed of its random numbers.</param>
    /// <param name="fills">Whether its orders fill; without, its signals are all there is.</param>
    /// <param name="state">What it kept before, as JSON: then <see cref="Strategy.OnRestore"/> is called.</param>
    /// <param name="from">Start of the first bar that <see cref="Closes"/> makes; <see cref="MondayMorning"/> when null.</param>
    public static StrategyTrial Of(
        Strategy strategy, string symbol = "SPY", double cash = 100_000, long seed = 1, bool fills = true, string? state = null, DateTimeOffset? from = null) =>
        new(strategy, symbol, cash, seed, fills, state, from);

    /// <summary>Feeds one-minute bars of its symbol, one after the other, each of which trades at one price, 100 units.</summary>
    public StrategyTrial Closes(params double[] closes)
    {
        ArgumentNullException.ThrowIfNull(closes);
        foreach (var close in closes)
        {
            Instant([new Bar(_run.Symbol, _nextAt, close, close, close, close, 100)]);
        }

        return this;
    }

    /// <summary>Feeds one-minute bars, of several symbols perhaps, in the order of time and at one instant of symbols.</summary>
    public StrategyTrial Bars(params IEnumerable<Bar> bars)
    {
        ArgumentNullException.ThrowIfNull(bars);
        foreach (var instant in bars.GroupBy(bar => bar.OpensAtMs).OrderBy(instant => instant.Key))
        {
            Instant([.. instant.OrderBy(bar => bar.Symbol, StringComparer.Ordinal)]);
        }

        return this;
    }

    /// <summary>Feeds history: for indicators and looking back, no handler is called.</summary>
    public StrategyTrial Warm(params IEnumerable<Bar> bars)
    {
        ArgumentNullException.ThrowIfNull(bars);
        foreach (var bar in bars.OrderBy(bar => bar.OpensAtMs).ThenBy(bar => bar.Symbol, StringComparer.Ordinal))
        {
            _run.Warm(bar);
            _nextAt = Math.Max(_nextAt, bar.ClosesAtMs);
        }

        return this;
    }

    /// <summary>Feeds a trade.</summary>
    public StrategyTrial Trade(double price, double size, string? symbol = null) =>
        Event(() => _run.OnTrade(new Trade(symbol ?? _run.Symbol, _nextAt, price, size)));

    /// <summary>Feeds a quote.</summary>
    public StrategyTrial Quote(double bid, double ask, string? symbol = null) =>
        Event(() => _run.OnQuote(new Quote(symbol ?? _run.Symbol, _nextAt, bid, 100, ask, 100)));

    /// <summary>Stops it.</summary>
    public StrategyTrial Stop(StopReason reason = StopReason.User) => Event(() => _run.OnStop(reason));

    /// <summary>All its signals so far have to be these, in this order.</summary>
    /// <exception cref="TrialFailedException">They are others.</exception>
    public StrategyTrial ShouldSignal(params string[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return Signals.SequenceEqual(expected, StringComparer.Ordinal)
            ? this
            : throw new TrialFailedException($"Expected {Listed(expected)}, but it signalled {Listed(Signals)}.");
    }

    /// <summary>It must not have signalled anything so far.</summary>
    /// <exception cref="TrialFailedException">It has.</exception>
    public StrategyTrial ShouldNotSignal() => ShouldSignal();

    private static string Listed(IReadOnlyCollection<string> signals) => signals.Count == 0 ? "nothing" : $"[{string.Join("; ", signals)}]";

    // What the bars fill comes before any of them.
    private void Instant(Bar[] bars)
    {
        foreach (var bar in bars)
        {
            foreach (var told in _broker?.Match(bar) ?? [])
            {
                Event(() => Tell(told));
            }
        }

        foreach (var bar in bars)
        {
            Event(() => _run.OnBar(bar));
            _nextAt = Math.Max(_nextAt, bar.ClosesAtMs);
        }
    }

    private StrategyTrial Event(Action handle)
    {
        handle();
        Handled();
        return this;
    }

    private void Tell(TrialEvent told)
    {
        if (told.Fill is { } fill)
        {
            _fills.Add(fill);
        }

        _run.OnUpdate(told.Cash, told.Position, told.Update, told.Fill, told.Ticket);
    }

    // Takes what the event left behind; what the broker says to it is another event, and so on.
    private void Handled()
    {
        foreach (var line in _run.Notes.Logs)
        {
            _logs.Add(line.Fields is { } fields
                ? string.Create(CultureInfo.InvariantCulture, $"{line.Level}: {line.Message} {Encoding.UTF8.GetString(fields)}")
                : $"{line.Level}: {line.Message}");
        }

        _plots.AddRange(_run.Notes.Plots);
        _marks.AddRange(_run.Notes.Marks);
        _signals.AddRange(_run.Signals);
        _state = _run.TakeChangedState() ?? _state;
        var (signals, cancels, cancelsAll) = (_run.Signals.ToArray(), _run.Cancels.ToArray(), _run.CancelsAll);
        _run.Answered();
        if (_broker is null)
        {
            return;
        }

        foreach (var told in _broker.Cancel(cancels, cancelsAll))
        {
            Event(() => Tell(told));
        }

        foreach (var signal in signals)
        {
            var answer = _broker.Take(signal, _run.Clock.NowMs);
            if (answer.Refusal is { } code)
            {
                Event(() => _run.OnOutcome(signal.Ticket!.Number, code == "RECORDED" ? code : "REJECTED", null, code));
            }
            else
            {
                Event(() => Tell(answer.Event!));
            }
        }
    }
}

/// <summary>A strategy did not do in a trial what was expected of it.</summary>
public sealed class TrialFailedException(string message) : Exception(message);
