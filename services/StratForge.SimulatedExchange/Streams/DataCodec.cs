using System.Buffers;
using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>Messages of the data streams in one of their two encodings.</summary>
internal interface IDataCodec
{
    /// <summary>One piece of market data, without the array around it.</summary>
    byte[] Encode(MarketTick tick);

    /// <summary>A frame of several encoded pieces.</summary>
    byte[] Frame(IReadOnlyList<byte[]> messages);

    /// <summary>A frame with one <c>success</c> message.</summary>
    byte[] Success(string message);

    /// <summary>A frame with one <c>error</c> message.</summary>
    byte[] Error(int code, string message);

    /// <summary>A frame with the whole state of a subscription.</summary>
    byte[] State(Subscription subscription);

    /// <summary>Reads a client's message as JSON; null when it is not well formed.</summary>
    JsonDocument? Read(ReadOnlyMemory<byte> message);
}

/// <summary>JSON, for text frames.</summary>
internal sealed class JsonDataCodec : IDataCodec
{
    public byte[] Encode(MarketTick tick) => Write(json =>
    {
        json.WriteStartObject();
        switch (tick)
        {
            case MarketTick.Trade trade:
                Begin(json, "t", tick);
                DataJson.WriteTrade(json, trade.Instrument, trade.At, trade.Price, trade.Size);
                break;
            case MarketTick.Quote quote:
                Begin(json, "q", tick);
                DataJson.WriteQuote(json, quote.Instrument, quote.At, quote.Top);
                break;
            case MarketTick.Book book:
                Begin(json, "o", tick);
                DataJson.WriteBook(json, book.Instrument, book.At, book.Top);
                json.WriteBoolean("r", true);
                break;
            case MarketTick.MinuteBar minute:
                Begin(json, "b", tick);
                DataJson.WriteBar(json, minute.Bar);
                break;
            case MarketTick.Status status:
                Begin(json, "s", tick);
                DataJson.WriteStatus(json, status);
                break;
            case MarketTick.DayBar day:
                Begin(json, "d", tick);
                DataJson.WriteBar(json, day.Bar);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{tick}");
        }

        json.WriteEndObject();
    });

    public byte[] Frame(IReadOnlyList<byte[]> messages)
    {
        var frame = new byte[messages.Sum(message => message.Length + 1) + 1];
        frame[0] = (byte)'[';
        var at = 1;
        foreach (var message in messages)
        {
            message.CopyTo(frame, at);
            at += message.Length;
            frame[at++] = (byte)',';
        }

        frame[at - 1] = (byte)']';
        return frame;
    }

    public byte[] Success(string message) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("T", "success");
        json.WriteString("msg", message);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public byte[] Error(int code, string message) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("T", "error");
        json.WriteNumber("code", code);
        json.WriteString("msg", message);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public byte[] State(Subscription subscription) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("T", "subscription");
        foreach (var (channel, symbols) in subscription.State)
        {
            json.WriteStartArray(channel);
            foreach (var symbol in symbols)
            {
                json.WriteStringValue(symbol);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    });

    public JsonDocument? Read(ReadOnlyMemory<byte> message) => ForeignJson.Parse(message);

    private static void Begin(Utf8JsonWriter json, string type, MarketTick tick)
    {
        json.WriteString("T", type);
        json.WriteString("S", tick.Instrument.Symbol);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Answers.WriterOptions))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
