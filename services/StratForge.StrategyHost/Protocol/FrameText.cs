using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Strategies;
using StratForge.Strategies.Running;

namespace StratForge.StrategyHost.Protocol;

/// <summary>Writes the frames that a host sends.</summary>
internal sealed class FrameText : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public FrameText() => _writer = new Utf8JsonWriter(_buffer, Options);

    public void Dispose() => _writer.Dispose();

    /// <summary>See <see cref="ReadyFrame"/>.</summary>
    public ReadOnlySpan<byte> Ready(string runtime, IReadOnlyList<(string Name, string Outcome)> probes)
    {
        Begin("ready"u8);
        _writer.WriteNumber("protocol"u8, HostProtocol.Version);
        _writer.WriteString("runtime"u8, runtime);
        _writer.WriteStartObject("probes"u8);
        foreach (var (name, outcome) in probes)
        {
            _writer.WriteString(name, outcome);
        }

        _writer.WriteEndObject();
        return End();
    }

    /// <summary>See <see cref="LoadedFrame"/>.</summary>
    public ReadOnlySpan<byte> Loaded(string name, int warmUp, IReadOnlyList<ParameterDescription> parameters)
    {
        Begin("loaded"u8);
        _writer.WriteString("name"u8, name);
        _writer.WriteNumber("warmUp"u8, warmUp);
        _writer.WriteStartArray("parameters"u8);
        foreach (var parameter in parameters)
        {
            _writer.WriteStartObject();
            _writer.WriteString("name"u8, parameter.Name);
            _writer.WriteString("type"u8, parameter.Type);
            _writer.WritePropertyName("default"u8);
            parameter.Default.WriteTo(_writer);
            WriteIfSet("min"u8, parameter.Min);
            WriteIfSet("max"u8, parameter.Max);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        return End();
    }

    /// <summary>See <see cref="DoneFrame"/>.</summary>
    public ReadOnlySpan<byte> Done(ReadOnlySpan<byte> of, long seq, StrategyRun run, bool isCrypto)
    {
        Begin("done"u8);
        _writer.WriteString("of"u8, of);
        _writer.WriteNumber("seq"u8, seq);
        if (run.Signals.Count > 0)
        {
            _writer.WriteStartArray("signals"u8);
            foreach (var signal in run.Signals)
            {
                Write(signal, isCrypto);
            }

            _writer.WriteEndArray();
        }

        if (run.Logs.Count > 0)
        {
            _writer.WriteStartArray("logs"u8);
            foreach (var line in run.Logs)
            {
                _writer.WriteStartObject();
                _writer.WriteString("level"u8, line.Level);
                _writer.WriteString("message"u8, line.Message);
                _writer.WriteEndObject();
            }

            _writer.WriteEndArray();
        }

        return End();
    }

    /// <summary>See <see cref="ErrorFrame"/>. The message is cut at 2 KiB.</summary>
    public ReadOnlySpan<byte> Error(string code, string message)
    {
        const int Most = 2048;
        Begin("error"u8);
        _writer.WriteString("code"u8, code);
        var text = message.Length > Most ? message[..Most] : message;
        while (Encoding.UTF8.GetByteCount(text) > Most)
        {
            text = text[..(text.Length * 3 / 4)];
        }

        _writer.WriteString("message"u8, text);
        return End();
    }

    private void Write(Signal signal, bool isCrypto)
    {
        _writer.WriteStartObject();
        _writer.WriteString("action"u8, signal.Action == SignalAction.Buy ? "BUY"u8 : "SELL"u8);
        _writer.WriteString("quantity"u8, Lots.Quantity(signal.Quantity));
        _writer.WriteNumber("confidence"u8, signal.Confidence);
        if (signal.LimitPrice is { } limit)
        {
            _writer.WriteString("orderType"u8, "limit"u8);
            _writer.WriteString("limitPrice"u8, Lots.Price(limit, isCrypto));
        }

        if (signal.TimeInForce is { } timeInForce)
        {
            _writer.WriteString("timeInForce"u8, timeInForce switch
            {
                TimeInForce.Day => "day"u8,
                TimeInForce.Gtc => "gtc"u8,
                TimeInForce.Ioc => "ioc"u8,
                _ => "fok"u8,
            });
        }

        if (signal.RecordOnly)
        {
            _writer.WriteBoolean("recordOnly"u8, true);
        }

        if (signal.MetadataJson is { } metadata)
        {
            _writer.WritePropertyName("metadata"u8);
            _writer.WriteRawValue(metadata, skipInputValidation: true);
        }

        _writer.WriteEndObject();
    }

    private void WriteIfSet(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } set)
        {
            _writer.WriteNumber(name, set);
        }
    }

    private void Begin(ReadOnlySpan<byte> type)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, type);
    }

    private ReadOnlySpan<byte> End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }
}
