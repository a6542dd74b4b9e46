using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>Reads the frames of a host. Whatever is not exactly what the protocol allows is an <see cref="InvalidDataException"/>.</summary>
internal static class HostMessage
{
    private const int MaxDepth = 16;
    private const string NoText = "a frame whose text is not UTF-8";

    private static readonly ContractsJson Strict =
        new(new JsonSerializerOptions(ContractsJson.Default.Options) { MaxDepth = MaxDepth });

    private static readonly HostJson Compiler = new(new JsonSerializerOptions(HostJson.Default.Options) { MaxDepth = MaxDepth });

    /// <summary>The frame as a record: <see cref="ReadyFrame"/>, <see cref="LoadedFrame"/>, <see cref="DoneFrame"/>,
    /// <see cref="ErrorFrame"/> or <see cref="CompiledFrame"/>.</summary>
    /// <exception cref="InvalidDataException">It is none of these; says what is wrong with it.</exception>
    public static object Parse(ReadOnlySpan<byte> frame)
    {
        if (!Utf8.IsValid(frame))
        {
            throw new InvalidDataException(NoText);
        }

        try
        {
            CheckEscapes(frame);
            return TypeOf(frame) switch
            {
                "done" => Whole(Read(frame, Strict.DoneFrame)),
                "ready" => Read(frame, Strict.ReadyFrame),
                "loaded" => Whole(Read(frame, Strict.LoadedFrame)),
                "error" => Whole(Read(frame, Strict.ErrorFrame)),
                "compiled" => Read(frame, Compiler.CompiledFrame),
                var other => throw new InvalidDataException($"a frame of type {HostFailure.Readable(other, 40)}"),
            };
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"a frame that is not the JSON agreed on: {HostFailure.Readable(malformed.Message, 200)}", malformed);
        }
    }

    // An escape may be half of a surrogate pair. What of a frame is JSON of the strategy's own would show that only to whoever reads it.
    private static void CheckEscapes(ReadOnlySpan<byte> frame)
    {
        if (frame.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                try
                {
                    _ = reader.GetString();
                }
                catch (InvalidOperationException malformed)
                {
                    throw new InvalidDataException(NoText, malformed);
                }
            }
        }
    }

    private static DoneFrame Whole(DoneFrame done) =>
        HasNone(done.Signals) || HasNone(done.Logs) || HasNone(done.Cancels) || HasNone(done.Plots) || HasNone(done.Marks)
            || done.Signals?.Any(signal => signal.Action is null || signal.Quantity is null) == true
            ? throw new InvalidDataException("an answer of which a part is missing")
            : done.Cancels is { Count: > HostProtocol.MaxCancelsPerEvent and var cancels }
                ? throw new InvalidDataException(
                    $"an answer that takes {cancels} orders back by their ids; {HostProtocol.MaxCancelsPerEvent} are allowed, and all at once are none")
                : done;

    private static LoadedFrame Whole(LoadedFrame loaded) =>
        loaded.Parameters is null || HasNone(loaded.Parameters) || HasNone(loaded.Subscriptions) || HasNone(loaded.Problems)
            || loaded.Parameters.Any(parameter => parameter.Name is null || parameter.Default.ValueKind == JsonValueKind.Undefined)
            || loaded.Subscriptions?.Any(wanted => wanted.Symbol is null || wanted.Feed is null) == true
            ? throw new InvalidDataException("a loaded strategy of which a part is missing")
            : loaded;

    private static ErrorFrame Whole(ErrorFrame error) =>
        HasNone(error.Errors) ? throw new InvalidDataException("an error of which a part is missing") : error;

    private static bool HasNone<T>(IReadOnlyList<T>? list)
        where T : class => list?.Contains(null) == true;

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
