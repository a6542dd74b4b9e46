using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Strategies;
using StratForge.Strategies.Running;

namespace StratForge.StrategyHost.Protocol;

/// <summary>Writes the answer to an event, see <see cref="DoneFrame"/>.</summary>
/// <remarks>By hand: at a bar that a hundred hosts answer, two processors are busy with nothing else, and each host finds its own code and
/// data gone from their caches. What counts is how little of both it touches.</remarks>
internal sealed class DoneText
{
    private const int LongestNumber = 32;

    private byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>The frame's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> of, long seq, StrategyRun run, bool isCrypto)
    {
        _length = 0;
        Add("{\"type\":\"done\",\"of\":\""u8);
        Add(of);
        Add("\",\"seq\":"u8);
        Add(seq);
        for (var i = 0; i < run.Signals.Count; i++)
        {
            Add(i == 0 ? ",\"signals\":[{\"action\":"u8 : ",{\"action\":"u8);
            var signal = run.Signals[i];
            Add(signal, signal.Symbol is null ? isCrypto : Symbols.ClassOf(signal.Symbol) == AssetClass.Crypto);
        }

        if (run.Signals.Count > 0)
        {
            Add("]"u8);
        }

        AddCancels(run);
        AddNotes(run.Notes);
        if (run.TakeChangedState() is { } state)
        {
            Add(",\"state\":{\"version\":"u8);
            Add(run.StateVersion);
            Add(",\"value\":"u8);
            Add(state);
            Add("}"u8);
        }

        Add("}"u8);
        return _buffer.AsSpan(0, _length);
    }

    private void AddCancels(StrategyRun run)
    {
        if (run.CancelsAll)
        {
            Add(",\"cancelAll\":true"u8);
        }

        for (var i = 0; i < run.Cancels.Count; i++)
        {
            Add(i == 0 ? ",\"cancels\":[\""u8 : ",\""u8);
            AddText(run.Cancels[i]);
            Add("\""u8);
        }

        if (run.Cancels.Count > 0)
        {
            Add("]"u8);
        }
    }

    private void AddNotes(RunNotes notes)
    {
        for (var i = 0; i < notes.Logs.Count; i++)
        {
            var line = notes.Logs[i];
            Add(i == 0 ? ",\"logs\":[{\"level\":\""u8 : ",{\"level\":\""u8);
            AddText(line.Level);
            Add("\",\"message\":\""u8);
            AddText(line.Message);
            Add("\""u8);
            if (line.Fields is { } fields)
            {
                Add(",\"fields\":"u8);
                Add(fields);
            }

            Add(i == notes.Logs.Count - 1 ? "}]"u8 : "}"u8);
        }

        for (var i = 0; i < notes.Plots.Count; i++)
        {
            Add(i == 0 ? ",\"plots\":[{\"name\":\""u8 : ",{\"name\":\""u8);
            AddText(notes.Plots[i].Name);
            Add("\",\"at\":"u8);
            Add(notes.Plots[i].At);
            Add(",\"value\":"u8);
            Add(notes.Plots[i].Value);
            Add(i == notes.Plots.Count - 1 ? "}]"u8 : "}"u8);
        }

        for (var i = 0; i < notes.Marks.Count; i++)
        {
            Add(i == 0 ? ",\"marks\":[{\"at\":"u8 : ",{\"at\":"u8);
            Add(notes.Marks[i].At);
            Add(",\"text\":\""u8);
            AddText(notes.Marks[i].Text);
            Add("\""u8);
            if (notes.Marks[i].Price is { } price)
            {
                Add(",\"price\":"u8);
                Add(price);
            }

            Add(i == notes.Marks.Count - 1 ? "}]"u8 : "}"u8);
        }
    }

    private void Add(Signal signal, bool isCrypto)
    {
        Add(signal.Action == SignalAction.Buy ? "\"BUY\",\"quantity\":\""u8 : "\"SELL\",\"quantity\":\""u8);
        _length += Lots.WriteQuantity(signal.Quantity, Room(Lots.LongestText));
        Add("\",\"confidence\":"u8);
        AddConfidence(signal.Confidence);
        if (signal.LimitPrice is not null || signal.IsStop)
        {
            Add(",\"orderType\":\""u8);
            AddText(signal.OrderType);
            Add("\""u8);
            AddPrice(",\"limitPrice\":\""u8, signal.LimitPrice, isCrypto);
            AddPrice(",\"stopPrice\":\""u8, signal.StopPrice, isCrypto);
            AddPrice(",\"trailPrice\":\""u8, signal.TrailPrice, isCrypto);
            if (signal.TrailPercent is { } percent)
            {
                Add(",\"trailPercent\":\""u8);
                _length += Lots.WriteQuantity(percent, Room(Lots.LongestText));
                Add("\""u8);
            }
        }

        AddPrice(",\"takeProfit\":\""u8, signal.TakeProfit, isCrypto);
        AddPrice(",\"stopLoss\":\""u8, signal.StopLoss, isCrypto);
        AddPrice(",\"stopLossLimit\":\""u8, signal.StopLossLimit, isCrypto);
        if (signal.Symbol is { } symbol)
        {
            Add(",\"symbol\":\""u8);
            AddText(symbol);
            Add("\""u8);
        }

        if (signal.TimeInForce is { } timeInForce)
        {
            Add(timeInForce switch
            {
                TimeInForce.Day => ",\"timeInForce\":\"day\""u8,
                TimeInForce.Gtc => ",\"timeInForce\":\"gtc\""u8,
                TimeInForce.Ioc => ",\"timeInForce\":\"ioc\""u8,
                _ => ",\"timeInForce\":\"fok\""u8,
            });
        }

        if (signal.RecordOnly)
        {
            Add(",\"recordOnly\":true"u8);
        }

        if (signal.MetadataJson is { } metadata)
        {
            Add(",\"metadata\":"u8);
            Add(metadata);
        }

        Add("}"u8);
    }

    private void AddConfidence(double confidence)
    {
        // What most signals have; the shortest text of a double takes a while to find.
        if (confidence == 1)
        {
            Add("1"u8);
            return;
        }

        Add(confidence);
    }

    private void AddPrice(ReadOnlySpan<byte> name, double? price, bool isCrypto)
    {
        if (price is { } given)
        {
            Add(name);
            _length += Lots.WritePrice(given, isCrypto, Room(Lots.LongestText));
            Add("\""u8);
        }
    }

    private void AddText(string text) => Add(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);

    private void Add(double number)
    {
        number.TryFormat(Room(LongestNumber), out var digits, default, CultureInfo.InvariantCulture);
        _length += digits;
    }

    private void Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(LongestNumber), out var digits);
        _length += digits;
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    private Span<byte> Room(int size)
    {
        if (_buffer.Length - _length < size)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        }

        return _buffer.AsSpan(_length);
    }
}
