using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Strategies;
using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Protocol;

/// <summary>Writes the frames that a host sends, but for the answers to events: see <see cref="DoneText"/>.</summary>
internal sealed class FrameText : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public FrameText() => _writer = new Utf8JsonWriter(_buffer, Options);

    public void Dispose() => _writer.Dispose();

    /// <summary>See <see cref="ReadyFrame"/>.</summary>
    public ReadOnlySpan<byte> Ready(string runtime, CageReport cage)
    {
        Begin("ready"u8);
        _writer.WriteNumber("protocol"u8, HostProtocol.Version);
        _writer.WriteString("runtime"u8, runtime);
        _writer.WriteString("cage"u8, cage.Mode);
        _writer.WriteStartObject("probes"u8);
        foreach (var (name, outcome) in cage.Probes)
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
