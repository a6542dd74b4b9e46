using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Hosts;

/// <summary>Builds the frames of a worker, their length in front.</summary>
internal static class HostFrame
{
    private const int HeaderSize = 4;

    /// <summary>One live bar.</summary>
    /// <param name="seq">Its number.</param>
    /// <param name="bar">The bar.</param>
    /// <param name="symbol">Its symbol; null for the session's own.</param>
    public static byte[] Bar(long seq, in BarValues bar, string? symbol = null)
    {
        var values = bar;
        return Build(json =>
        {
            json.WriteString("type"u8, "bar"u8);
            json.WriteNumber("seq"u8, seq);
            if (symbol is not null)
            {
                json.WriteString("symbol"u8, symbol);
            }

            json.WriteNumber("t"u8, values.UnixMilliseconds);
            json.WriteNumber("o"u8, values.Open);
            json.WriteNumber("h"u8, values.High);
            json.WriteNumber("l"u8, values.Low);
            json.WriteNumber("c"u8, values.Close);
            json.WriteNumber("v"u8, values.Volume);
        });
    }

    /// <summary>Consecutive live bars.</summary>
    /// <param name="firstSeq">Number of the first.</param>
    /// <param name="bars">The bars.</param>
    /// <param name="places">Place of each one's symbol among those of the strategy; null when all are of the session's own.</param>
    public static byte[] Bars(long firstSeq, IReadOnlyList<BarValues> bars, IReadOnlyList<int>? places = null) => Build(json =>
    {
        json.WriteString("type"u8, "bars"u8);
        json.WriteNumber("seq"u8, firstSeq);
        WriteBars(json, bars, places);
    });

    /// <summary>Bars from before the session, for the indicators only.</summary>
    /// <param name="bars">Oldest first.</param>
    /// <param name="places">Place of each one's symbol among those of the strategy; null when all are of the session's own.</param>
    public static byte[] Warm(IReadOnlyList<BarValues> bars, IReadOnlyList<int>? places = null) => Build(json =>
    {
        json.WriteString("type"u8, "warm"u8);
        WriteBars(json, bars, places);
    });

    /// <summary>A trade or a quote.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="tick">It.</param>
    /// <param name="symbol">Its symbol; null for the session's own.</param>
    public static byte[] Tick(long number, in Tick tick, string? symbol)
    {
        var values = tick;
        return Build(json =>
        {
            json.WriteString("type"u8, values.IsQuote ? "quote"u8 : "trade"u8);
            json.WriteNumber("seq"u8, number);
            if (symbol is not null)
            {
                json.WriteString("symbol"u8, symbol);
            }

            json.WriteNumber("t"u8, values.UnixMilliseconds);
            json.WriteNumber(values.IsQuote ? "b"u8 : "p"u8, values.Price);
            json.WriteNumber(values.IsQuote ? "bs"u8 : "s"u8, values.Size);
            if (values.IsQuote)
            {
                json.WriteNumber("a"u8, values.Ask);
                json.WriteNumber("as"u8, values.AskSize);
            }
        });
    }

    /// <summary>What happened to an order.</summary>
    /// <param name="entry">The order, with the account as that left it.</param>
    /// <param name="ticket">Number of the signal that the order came of, among those of the session; null when it came of none.</param>
    public static byte[] Update(TapeEntry entry, long? ticket) => Build(json =>
    {
        var order = entry.Order;
        json.WriteString("type"u8, "update"u8);
        json.WriteNumber("seq"u8, entry.EventId);
        if (ticket is { } number)
        {
            json.WriteNumber("ticket"u8, number);
        }

        json.WriteNumber("cash"u8, (double)order.Cash);
        json.WriteStartObject("position"u8);
        json.WriteNumber("quantity"u8, (double)order.Position.Quantity);
        json.WriteNumber("averagePrice"u8, (double)order.Position.AveragePrice);
        json.WriteEndObject();
        json.WritePropertyName("order"u8);
        json.WriteRawValue(entry.Json, skipInputValidation: true);
    });

    /// <summary>What became of the signals of one event.</summary>
    /// <param name="seq">The event's number.</param>
    /// <param name="outcomes">One for each signal.</param>
    public static byte[] Outcomes(long seq, IReadOnlyList<TapedOutcome> outcomes) => Build(json =>
    {
        json.WriteString("type"u8, "outcome"u8);
        json.WriteNumber("seq"u8, seq);
        json.WritePropertyName("outcomes"u8);
        JsonSerializer.Serialize(json, outcomes, TapeJson.Default.IReadOnlyListTapedOutcome);
    });

    public static byte[] Stop(string reason) => Build(json =>
    {
        json.WriteString("type"u8, "stop"u8);
        json.WriteString("reason"u8, reason);
    });

    /// <summary>The code follows in a frame of its own.</summary>
    public static byte[] Load(LoadFrame load) => Build(json =>
    {
        json.WriteString("type"u8, "load"u8);
        foreach (var property in JsonSerializer.SerializeToElement(load, ContractsJson.Default.LoadFrame).EnumerateObject())
        {
            property.WriteTo(json);
        }
    });

    private static void WriteBars(Utf8JsonWriter json, IReadOnlyList<BarValues> bars, IReadOnlyList<int>? places)
    {
        json.WriteStartArray("bars"u8);
        for (var i = 0; i < bars.Count; i++)
        {
            var bar = bars[i];
            json.WriteStartArray();
            json.WriteNumberValue(bar.UnixMilliseconds);
            json.WriteNumberValue(bar.Open);
            json.WriteNumberValue(bar.High);
            json.WriteNumberValue(bar.Low);
            json.WriteNumberValue(bar.Close);
            json.WriteNumberValue(bar.Volume);
            if (places is not null && places[i] != 0)
            {
                json.WriteNumberValue(places[i]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Advance(HeaderSize);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        var frame = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderSize);
        return frame;
    }
}
