using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>Reads the frames of a host. Whatever is not exactly what the protocol allows is an <see cref="InvalidDataException"/>.</summary>
internal static class HostMessage
{
    private const int MaxDepth = 16;

    private static readonly ContractsJson Strict =
        new(new JsonSerializerOptions(ContractsJson.Default.Options) { MaxDepth = MaxDepth });

    private static readonly HostJson Compiler = new(new JsonSerializerOptions(HostJson.Default.Options) { MaxDepth = MaxDepth });

    /// <summary>The frame as a record: <see cref="ReadyFrame"/>, <see cref="LoadedFrame"/>, <see cref="DoneFrame"/>,
    /// <see cref="ErrorFrame"/> or <see cref="CompiledFrame"/>.</summary>
    /// <exception cref="InvalidDataException">It is none of these; says what is wrong with it.</exception>
    public static object Parse(ReadOnlySpan<byte> frame)
    {
        try
        {
            return TypeOf(frame) switch
            {
                "done" => Read(frame, Strict.DoneFrame),
                "ready" => Read(frame, Strict.ReadyFrame),
                "loaded" => Read(frame, Strict.LoadedFrame),
                "error" => Read(frame, Strict.ErrorFrame),
                "compiled" => Read(frame, Compiler.CompiledFrame),
                var other => throw new InvalidDataException($"a frame of type {HostFailure.Readable(other, 40)}"),
            };
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"a frame that is not the JSON agreed on: {HostFailure.Readable(malformed.Message, 200)}", malformed);
        }
        catch (InvalidOperationException malformed)
        {
            // Text that is not UTF-8 shows up only when it is asked for.
            throw new InvalidDataException("a frame whose text is not UTF-8", malformed);
        }
    }

    private static string TypeOf(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject &&
            reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("type"u8) &&
            reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            // The common ones without a string made for each.
            return reader.ValueTextEquals("done"u8) ? "done" : reader.GetString()!;
        }

        throw new InvalidDataException("a frame that does not begin with its type");
    }

    private static T Read<T>(ReadOnlySpan<byte> frame, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(frame, type) ?? throw new InvalidDataException("an empty frame");
}

/// <summary>Compiler to worker: it compiled; one raw frame with the assembly follows.</summary>
/// <param name="Name">Name of the strategy's class.</param>
internal sealed record CompiledFrame(string? Name);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CompiledFrame))]
internal sealed partial class HostJson : JsonSerializerContext;
