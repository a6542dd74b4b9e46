using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;
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
        Utf8Formatter.TryFormat(seq, Room(LongestNumber), out var digits);
        _length += digits;
        for (var i = 0; i < run.Signals.Count; i++)
        {
            Add(i == 0 ? ",\"signals\":[{\"action\":"u8 : ",{\"action\":"u8);
            Add(run.Signals[i], isCrypto);
        }

        if (run.Signals.Count > 0)
        {
            Add("]"u8);
        }

        for (var i = 0; i < run.Logs.Count; i++)
        {
            var line = run.Logs[i];
            Add(i == 0 ? ",\"logs\":[{\"level\":\""u8 : ",{\"level\":\""u8);
            Add(JsonEncodedText.Encode(line.Level).EncodedUtf8Bytes);
            Add("\",\"message\":\""u8);
            Add(JsonEncodedText.Encode(line.Message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            Add("\"}"u8);
        }

        Add(run.Logs.Count > 0 ? "]}"u8 : "}"u8);
        return _buffer.AsSpan(0, _length);
    }

    private void Add(Signal signal, bool isCrypto)
    {
        Add(signal.Action == SignalAction.Buy ? "\"BUY\",\"quantity\":\""u8 : "\"SELL\",\"quantity\":\""u8);
        _length += Lots.WriteQuantity(signal.Quantity, Room(Lots.LongestText));
        Add("\",\"confidence\":"u8);
        AddConfidence(signal.Confidence);
        if (signal.LimitPrice is { } limit)
        {
            Add(",\"orderType\":\"limit\",\"limitPrice\":\""u8);
            _length += Lots.WritePrice(limit, isCrypto, Room(Lots.LongestText));
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

        confidence.TryFormat(Room(LongestNumber), out var digits, default, CultureInfo.InvariantCulture);
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
