using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;
using StratForge.Strategies.Indicators;

namespace StratForge.Strategies.Running;

/// <summary>One strategy at work: feeds it events in order, keeps its view of account and bars, gathers what it emits.</summary>
/// <remarks>Everything here is a function of the events alone, so the same events give the same signals. python/stratforge/running.py is its twin.</remarks>
internal sealed class StrategyRun
{
    private const int MostLogText = 2_000;

    private const int MostLogBytesPerEvent = HostProtocol.MaxNotesPerEvent;
    private const int MostMetadataBytes = 4 * 1024;
    private const int MostIndicators = 256;
    private const int MostWarmUp = 10_000;

    private static readonly JsonSerializerOptions MetadataOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 12,
    };

    private readonly Strategy _strategy;
    private readonly bool _isCrypto;
    private readonly List<Indicator> _indicators = [];
    private readonly List<Signal> _signals = [];
    private readonly List<LogLine> _logs = [];
    private readonly Dictionary<string, Int128> _open = new(StringComparer.Ordinal);
    private string? _silentBecause = "OnStart declares indicators";
    private bool _declaring = true;
    private int _tickets;
    private long _seen;
    private double _lastPrice = double.NaN;
    private int _logBytes;
    private bool _logsDropped;

    private StrategyRun(Strategy strategy, RunSettings settings)
    {
        _strategy = strategy;
        _isCrypto = settings.IsCrypto;
        Symbol = settings.Symbol;
        Cash = settings.Cash;
        Position = settings.Position;
        Random = new SeededRandom(settings.Seed);
    }

    public string Symbol { get; }

    public Position Position { get; private set; }

    public double Cash { get; private set; }

    public double Equity => Position.Quantity == 0 ? Cash : Cash + (Position.Quantity * LastPrice());

    public BarHistory Bars { get; } = new();

    public EventClock Clock { get; } = new();

    public SeededRandom Random { get; }

    /// <summary>Bars to be seen before the bar handler is called.</summary>
    public int WarmUp { get; private set; }

    /// <summary>What the last event emitted, in order. Cleared by <see cref="Answered"/>.</summary>
    public IReadOnlyList<Signal> Signals => _signals;

    /// <summary>What was logged since the last answer.</summary>
    public IReadOnlyList<LogLine> Logs => _logs;

    /// <summary>Binds <paramref name="strategy"/> to its surroundings and calls its start handler.</summary>
    public static StrategyRun Start(Strategy strategy, RunSettings settings)
    {
        var run = new StrategyRun(strategy, settings);
        strategy.Run = run;
        strategy.OnStart();
        run._declaring = false;
        run._silentBecause = null;

        var wanted = strategy.MinBars;
        foreach (var indicator in run._indicators)
        {
            wanted = Math.Max(wanted, indicator.WarmUp);
        }

        run.WarmUp = wanted is >= 0 and <= MostWarmUp
            ? wanted
            : throw new InvalidOperationException($"The strategy wants {wanted} bars before its first call; 0 to {MostWarmUp} are possible.");
        run.Bars.KeepAtLeast(run.WarmUp);
        return run;
    }

    /// <summary>Takes a bar of history: indicators and look-back only.</summary>
    public void Warm(in Bar bar) => See(bar);

    /// <summary>Takes the next closed bar.</summary>
    public void OnBar(in Bar bar)
    {
        See(bar);
        if (_seen >= WarmUp)
        {
            Returned(_strategy.OnBar(bar));
        }
    }

    /// <summary>Takes the next trade of the market.</summary>
    public void OnTrade(in Trade trade)
    {
        Clock.Advance(trade.AtMs);
        if (_seen >= WarmUp)
        {
            Returned(_strategy.OnTrade(trade));
        }
    }

    /// <summary>Takes what happened to an order, with the account as that left it.</summary>
    public void OnUpdate(double cash, Position position, OrderUpdate update, Fill? fill)
    {
        Cash = cash;
        Position = position;
        var left = Lots.Nearest(update.Quantity) - Lots.Nearest(update.FilledQuantity);
        if (update.IsOver || left <= 0)
        {
            _open.Remove(update.OrderId);
        }
        else
        {
            _open[update.OrderId] = update.Action == SignalAction.Buy ? left : -left;
        }

        if (fill is not null)
        {
            Clock.Advance(fill.At.ToUnixTimeMilliseconds());
            _strategy.OnFill(fill);
        }

        _strategy.OnOrder(update);
    }

    /// <summary>Tells the strategy that it ends.</summary>
    public void OnStop(StopReason reason)
    {
        _silentBecause = "OnStop comes after trading";
        _strategy.OnStop(reason);
    }

    /// <summary>Forgets what the last event emitted: it has been handed on.</summary>
    public void Answered()
    {
        _signals.Clear();
        _logs.Clear();
        _logBytes = 0;
        _logsDropped = false;
    }

    public T Declare<T>(T indicator)
        where T : Indicator
    {
        ArgumentNullException.ThrowIfNull(indicator);
        if (!_declaring)
        {
            throw new InvalidOperationException("Indicators are declared in OnStart: they have to see every bar.");
        }

        if (_indicators.Count == MostIndicators)
        {
            throw new InvalidOperationException($"A strategy declares at most {MostIndicators} indicators.");
        }

        _indicators.Add(indicator);
        return indicator;
    }

    public Signal Send(Signal signal)
    {
        var sent = Checked(signal) with { Ticket = ++_tickets };
        Append(sent);
        return sent;
    }

    /// <summary>Units to trade to be flat: what is held, less what is being sold already.</summary>
    public double ToClose()
    {
        var held = Lots.Nearest(Position.Quantity);
        var closing = Open(held > 0 ? SignalAction.Sell : SignalAction.Buy);
        var left = -(held + closing);
        return held == 0 || Int128.Sign(left) == Int128.Sign(held) ? 0 : Lots.Units(left);
    }

    /// <summary>Units to trade to hold <paramref name="quantity"/>.</summary>
    public double ToTarget(double quantity)
    {
        var target = Lots.Nearest(quantity);
        return target == 0 ? ToClose() : Lots.Units(Limited(target - Expected()));
    }

    /// <summary>Units to trade to hold <paramref name="share"/> of the equity.</summary>
    public double ToTargetPercent(double share, double? limit)
    {
        if (!double.IsFinite(share))
        {
            throw new ArgumentException($"{share.ToString(CultureInfo.InvariantCulture)} is not a share of the equity.", nameof(share));
        }

        if (share == 0)
        {
            return ToClose();
        }

        var price = limit ?? LastPrice();
        if (!(price > 0))
        {
            throw new ArgumentException($"{price.ToString(CultureInfo.InvariantCulture)} is not a price.", nameof(limit));
        }

        var change = Limited(Lots.Nearest(share * Equity / price) - Expected());
        if (change > 0)
        {
            // The platform reserves a market buy at the last price and a buffer, a limit buy at its limit.
            var reserved = limit is null ? price * (1 + (double)Reservation.MarketBuyBuffer) : price;
            var payable = Lots.Whole(Lots.Below(Math.Max(Cash, 0) / reserved), _isCrypto);
            change = Int128.Min(change, payable);
        }

        return Lots.Units(change);
    }

    public void Log(string level, string message)
    {
        if (level is not ("debug" or "info" or "warning" or "error"))
        {
            throw new ArgumentException($"'{level}' is not a log level: debug, info, warning and error are.", nameof(level));
        }

        var text = message ?? string.Empty;
        text = text.Length > MostLogText ? text[..MostLogText] : text;
        if (_logsDropped)
        {
            return;
        }

        _logBytes += JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length + 32;
        _logsDropped = _logBytes > MostLogBytesPerEvent;
        _logs.Add(_logsDropped
            ? new LogLine("warning", "More was logged in this event than is kept; the rest of it is dropped.")
            : new LogLine(level, text));
    }

    private void See(in Bar bar)
    {
        Clock.Advance(bar.OpensAtMs + Bar.LengthMs);
        _lastPrice = bar.Close;
        _seen++;
        Bars.Add(bar);
        foreach (var indicator in _indicators)
        {
            indicator.Update(bar);
        }
    }

    private void Returned(Signal? signal)
    {
        if (signal is null)
        {
            return;
        }

        if (signal.Ticket == 0)
        {
            Append(Checked(signal));
            return;
        }

        var sent = _signals.Count - 1;
        while (sent >= 0 && _signals[sent].Ticket != signal.Ticket)
        {
            sent--;
        }

        if (sent >= 0)
        {
            _signals[sent] = ReferenceEquals(_signals[sent], signal) ? signal : Checked(signal);
        }
        else
        {
            // A signal of an earlier event, kept and returned again: the author wants it once more.
            Append(Checked(signal));
        }
    }

    private void Append(Signal signal)
    {
        if (_silentBecause is not null)
        {
            throw new InvalidOperationException($"No signals here: {_silentBecause}.");
        }

        if (_signals.Count == HostProtocol.MaxSignalsPerEvent)
        {
            throw new InvalidOperationException($"One event may emit at most {HostProtocol.MaxSignalsPerEvent} signals.");
        }

        _signals.Add(signal);
    }

    private static Signal Checked(Signal signal)
    {
        if (Lots.Nearest(signal.Quantity) <= 0)
        {
            throw new ArgumentException($"A quantity of {signal.Quantity.ToString(CultureInfo.InvariantCulture)} can't be traded: it has to be greater than zero.");
        }

        if (!(signal.Confidence is >= 0 and <= 1))
        {
            throw new ArgumentException($"A confidence of {signal.Confidence.ToString(CultureInfo.InvariantCulture)} is not between 0 and 1.");
        }

        if (signal.LimitPrice is { } limit && !(limit > 0 && double.IsFinite(limit)))
        {
            throw new ArgumentException($"A limit of {limit.ToString(CultureInfo.InvariantCulture)} is not a price: it has to be greater than zero.");
        }

        return signal.Metadata is null ? signal : signal with { MetadataJson = Json(signal.Metadata) };
    }

    private static byte[] Json(object metadata)
    {
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(metadata, MetadataOptions);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new ArgumentException($"A signal's metadata can't be written as JSON: {exception.Message}", exception);
        }

        return json.Length <= MostMetadataBytes
            ? json
            : throw new ArgumentException($"A signal's metadata is {json.Length} bytes of JSON; {MostMetadataBytes} are allowed.");
    }

    private double LastPrice() => double.IsNaN(_lastPrice)
        ? throw new InvalidOperationException("There is no price yet: no bar was seen.")
        : _lastPrice;

    // Held plus what open orders will bring or take.
    private Int128 Expected() => Lots.Nearest(Position.Quantity) + Open(SignalAction.Buy) + Open(SignalAction.Sell);

    private Int128 Open(SignalAction action)
    {
        Int128 sum = 0;
        foreach (var left in _open.Values)
        {
            sum += left > 0 == (action == SignalAction.Buy) ? left : 0;
        }

        return sum;
    }

    // Whole lots, and no more sold than is held and not already being sold: there is no selling short.
    private Int128 Limited(Int128 change)
    {
        if (change >= 0)
        {
            return Lots.Whole(change, _isCrypto);
        }

        var sellable = Lots.Nearest(Position.Quantity) + Open(SignalAction.Sell);
        return -Lots.Whole(Int128.Min(-change, Int128.Max(sellable, 0)), _isCrypto);
    }
}
