using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>What a strategy is told of the signals of one event.</summary>
/// <param name="Kind">What the event was.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Outcomes">One for each signal, in their order.</param>
/// <param name="Digest">As it was taped; <see cref="IsIntact"/> says whether it still fits.</param>
internal sealed record TapedOutcomes(SessionEventKind Kind, long Seq, IReadOnlyList<TapedOutcome> Outcomes, long Digest)
{
    /// <summary>Whether nobody changed it on tape.</summary>
    public bool IsIntact => Digest == DigestOf(Kind, Seq, Outcomes);

    /// <summary>As it is stored.</summary>
    public string Json => JsonSerializer.Serialize(Outcomes, TapeJson.Default.IReadOnlyListTapedOutcome);

    /// <summary>Outcomes to be told and taped.</summary>
    public static TapedOutcomes Of(SessionEventKind kind, long seq, IReadOnlyList<TapedOutcome> outcomes) =>
        new(kind, seq, outcomes, DigestOf(kind, seq, outcomes));

    /// <summary>Outcomes as they are stored.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    /// <exception cref="InvalidDataException">There is nothing in it.</exception>
    public static TapedOutcomes Read(short kind, long seq, string json, long digest) => new(
        (SessionEventKind)kind, seq,
        JsonSerializer.Deserialize(json, TapeJson.Default.IReadOnlyListTapedOutcome) ?? throw new InvalidDataException("Outcomes of signals are stored as null."),
        digest);

    private static long DigestOf(SessionEventKind kind, long seq, IReadOnlyList<TapedOutcome> outcomes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> place = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, (long)kind);
        BinaryPrimitives.WriteInt64LittleEndian(place[sizeof(long)..], seq);
        hash.AppendData(place);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(outcomes, TapeJson.Default.IReadOnlyListTapedOutcome));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadInt64LittleEndian(digest);
    }
}

/// <summary>What a strategy is told of one signal.</summary>
/// <param name="Ticket">The signal's number among those of the session, from one.</param>
/// <param name="Status"><c>ACCEPTED</c>, <c>REJECTED</c> or <c>RECORDED</c>.</param>
/// <param name="OrderId">The order it became.</param>
/// <param name="Code">Why it was refused.</param>
internal sealed record TapedOutcome(long Ticket, string Status, Guid? OrderId, string? Code)
{
    /// <summary>Code of a signal that never left the worker: it is none.</summary>
    public const string BadSignal = "BAD_SIGNAL";

    /// <summary>What the gateway answered. A signal that is known already may have got a code since, which is news of its order.</summary>
    public static TapedOutcome Of(long ticket, ExecuteOutcome outcome) => new(
        ticket, outcome.Status, outcome.OrderId, outcome.Status == ExecuteOutcome.Rejected ? outcome.Code : null);

    /// <summary>It is no signal.</summary>
    public static TapedOutcome Bad(long ticket) => new(ticket, ExecuteOutcome.Rejected, null, BadSignal);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<TapedOutcome>))]
internal sealed partial class TapeJson : JsonSerializerContext;
