using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;

namespace StratForge.Contracts.Sessions;

/// <summary>One number for a whole run: what went into a strategy, and what came out of it. Two runs with the same hash did the same.</summary>
/// <remarks>
/// <para>SHA-256 over these records, in the order in which things happened. A record is a tag byte and its fields: texts as length (4 bytes) and
/// UTF-8, whole numbers and doubles as 8 bytes, all little-endian; decimals as text without trailing zeros.</para>
/// <list type="bullet">
/// <item><c>R</c>, once, first: version 1, symbol, seed, cash (double), number of parameters, then each parameter by name: name in lower case without underscores,
/// value. The values are those in effect: what was set, or else the default.</item>
/// <item><c>W</c>, <c>B</c>: a bar of history, a bar: symbol, start in milliseconds, open, high, low, close, volume.</item>
/// <item><c>T</c>, <c>Q</c>: a trade (symbol, time, price, size), a quote (symbol, time, bid, its size, ask, its size).</item>
/// <item><c>U</c>: an order's event: the order's number among those of the run, in order of appearance; symbol, side, status, quantity, filled quantity, average price,
/// code, the fill's quantity, price, fee, fee asset and time, position and its price, cash. Absent values are empty texts.</item>
/// <item><c>O</c>: what became of a signal at once: its number, status, code.</item>
/// <item><c>S</c>: a signal: action, quantity, confidence (double), order type, limit, time in force, record only, stop, trail, trail percentage, take profit, stop loss and
/// its limit, symbol, metadata.</item>
/// <item><c>C</c>: a cancel: the order's number, 0 for all, -1 for one that the strategy was never told of.</item>
/// </list>
/// <para>Values of parameters and metadata are written with properties in ordinal order and numbers as doubles, so that <c>30</c> and <c>30.0</c>
/// are the same. Not covered: the code, which differs from language to language and has a hash of its own; ids, which are drawn; logs, plots, marks and state.</para>
/// </remarks>
public sealed class RunHash : IDisposable
{
    private const long Version = 1;
    private const long Unnumbered = 0;
    private const long Unknown = -1;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Those the strategy was told of. What it names besides is made up, and were it kept, it could fill the memory of whoever runs it.
    private readonly Dictionary<Guid, long> _orders = [];
    private long _numbered;
    private readonly string _symbol;
    private byte[] _record = new byte[256];
    private int _length;

    /// <summary>Begins a run.</summary>
    /// <param name="symbol">The session's symbol.</param>
    /// <param name="seed">Seed of the strategy's random numbers.</param>
    /// <param name="cash">Cash it starts with, USD.</param>
    /// <param name="declared">The strategy's parameters, as its host described them.</param>
    /// <param name="values">The values that were set.</param>
    public RunHash(
        string symbol,
        long seed,
        double cash,
        IReadOnlyList<ParameterDescription> declared,
        IReadOnlyDictionary<string, JsonElement> values)
    {
        ArgumentNullException.ThrowIfNull(declared);
        ArgumentNullException.ThrowIfNull(values);
        _symbol = symbol;
        var inEffect = declared
            .Select(parameter => (
                Name: NameOf(parameter.Name), Value: Canonical(values.TryGetValue(parameter.Name, out var set) ? set : parameter.Default)))
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ToArray();
        Begin('R');
        Add(Version);
        Add(symbol);
        Add(seed);
        Add(cash);
        Add(inEffect.Length);
        foreach (var (name, value) in inEffect)
        {
            Add(name);
            Add(value);
        }

        End();
    }

    /// <summary>A bar was handed over.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="opensAtMs">Its start, milliseconds since 1970 UTC.</param>
    /// <param name="open">First trade.</param>
    /// <param name="high">Highest trade.</param>
    /// <param name="low">Lowest trade.</param>
    /// <param name="close">Last trade.</param>
    /// <param name="volume">Units traded.</param>
    /// <param name="warm">It is history, for the indicators only.</param>
    public void Bar(string symbol, long opensAtMs, double open, double high, double low, double close, double volume, bool warm = false)
    {
        Begin(warm ? 'W' : 'B');
        Add(symbol);
        Add(opensAtMs);
        Add(open);
        Add(high);
        Add(low);
        Add(close);
        Add(volume);
        End();
    }

    /// <summary>A trade was handed over.</summary>
    public void Trade(string symbol, long atMs, double price, double size)
    {
        Begin('T');
        Add(symbol);
        Add(atMs);
        Add(price);
        Add(size);
        End();
    }

    /// <summary>A quote was handed over.</summary>
    public void Quote(string symbol, long atMs, double bid, double bidSize, double ask, double askSize)
    {
        Begin('Q');
        Add(symbol);
        Add(atMs);
        Add(bid);
        Add(bidSize);
        Add(ask);
        Add(askSize);
        End();
    }

    /// <summary>An order's event was handed over.</summary>
    public void Update(OrderEvent order)
    {
        ArgumentNullException.ThrowIfNull(order);
        Begin('U');
        Add(NumberOf(order.OrderId));
        Add(order.Symbol);
        Add(order.Side == Side.Buy ? "BUY" : "SELL");
        Add(order.Status);
        Add(order.Quantity);
        Add(order.FilledQuantity);
        Add(order.AverageFillPrice);
        Add(order.Code ?? "");
        Add(order.Fill?.Quantity);
        Add(order.Fill?.Price);
        Add(order.Fill?.Fee);
        Add(order.Fill?.FeeAsset ?? "");
        Add(order.Fill?.OccurredAt.ToUnixTimeMilliseconds() ?? 0);
        Add(order.Position.Quantity);
        Add(order.Position.AveragePrice);
        Add(order.Cash);
        End();
    }

    /// <summary>The strategy was told what became of a signal at once.</summary>
    /// <param name="ticket">The signal's number among those of the run, from one.</param>
    /// <param name="status"><c>ACCEPTED</c>, <c>REJECTED</c> or <c>RECORDED</c>.</param>
    /// <param name="code">Why it was refused; null when it was not.</param>
    /// <param name="order">The order it became, which the strategy may take back from now on; null when it became none.</param>
    public void Outcome(long ticket, string status, string? code, Guid? order)
    {
        if (order is { } told)
        {
            _orders.TryAdd(told, Unnumbered);
        }

        Begin('O');
        Add(ticket);
        Add(status);
        Add(code ?? "");
        End();
    }

    /// <summary>The strategy answered an event: what it cancels, then what it emits.</summary>
    public void Answer(DoneFrame done)
    {
        ArgumentNullException.ThrowIfNull(done);
        if (done.CancelAll)
        {
            Cancel(0);
        }

        foreach (var order in done.Cancels ?? [])
        {
            Cancel(Guid.TryParse(order, out var id) && _orders.ContainsKey(id) ? NumberOf(id) : Unknown);
        }

        foreach (var signal in done.Signals ?? [])
        {
            Signal(signal);
        }
    }

    /// <summary>The hash of all that happened so far: 64 hexadecimal digits.</summary>
    public string Current() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Signal(SignalFrame signal)
    {
        Begin('S');
        Add(signal.Action);
        Add(signal.Quantity);
        Add(signal.Confidence);
        Add(signal.OrderType ?? "market");
        Add(signal.LimitPrice ?? "");
        Add(signal.TimeInForce ?? "");
        Add(signal.RecordOnly ? 1 : 0);
        Add(signal.StopPrice ?? "");
        Add(signal.TrailPrice ?? "");
        Add(signal.TrailPercent ?? "");
        Add(signal.TakeProfit ?? "");
        Add(signal.StopLoss ?? "");
        Add(signal.StopLossLimit ?? "");
        Add(signal.Symbol ?? _symbol);
        Add(signal.Metadata is { } metadata ? Canonical(metadata) : "");
        End();
    }

    private void Cancel(long order)
    {
        Begin('C');
        Add(order);
        End();
    }

    private long NumberOf(Guid order)
    {
        if (_orders.GetValueOrDefault(order, Unnumbered) is not Unnumbered and var number)
        {
            return number;
        }

        return _orders[order] = ++_numbered;
    }

    private static string NameOf(string parameter) =>
        parameter.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    private static string Canonical(JsonElement json)
    {
        var text = new StringBuilder();
        Write(json, text);
        return text.ToString();
    }

    private static void Write(JsonElement json, StringBuilder text)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in json.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    Write(property.Name, text);
                    text.Append(':');
                    Write(property.Value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in json.EnumerateArray())
                {
                    Write(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.Number:
                text.Append(json.GetDouble().ToString("R", CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.String:
                Write(json.GetString()!, text);
                break;
            default:
                text.Append(json.GetRawText());
                break;
        }
    }

    // With its length in front, no text can look like another one.
    private static void Write(string value, StringBuilder text) =>
        text.Append(CultureInfo.InvariantCulture, $"{value.Length}\"").Append(value);

    private void Begin(char tag)
    {
        _record[0] = (byte)tag;
        _length = 1;
    }

    private void Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
        _length += sizeof(long);
    }

    private void Add(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
        _length += sizeof(double);
    }

    private void Add(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int) + bytes), bytes);
        Encoding.UTF8.GetBytes(text, _record.AsSpan(_length + sizeof(int)));
        _length += sizeof(int) + bytes;
    }

    private void Add(decimal value) => Add(value.ToString("0.############################", CultureInfo.InvariantCulture));

    private void Add(decimal? value) => Add(value?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "");

    private Span<byte> Room(int bytes)
    {
        if (_record.Length - _length < bytes)
        {
            Array.Resize(ref _record, Math.Max(_record.Length * 2, _length + bytes));
        }

        return _record.AsSpan(_length);
    }

    private void End() => _hash.AppendData(_record.AsSpan(0, _length));
}
