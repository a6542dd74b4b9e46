using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>MessagePack, for binary frames. Maps begin with <c>T</c>, and stock sizes are integers: decoders in use insist on both.</summary>
internal sealed class MsgpackDataCodec : IDataCodec
{
    public byte[] Encode(MarketTick tick)
    {
        var to = new MsgpackWriter();
        switch (tick)
        {
            case MarketTick.Trade trade:
                EncodeTrade(to, trade);
                break;
            case MarketTick.Quote quote:
                EncodeQuote(to, quote);
                break;
            case MarketTick.Book book:
                EncodeBook(to, book);
                break;
            case MarketTick.MinuteBar minute:
                EncodeBar(to, "b", tick.Instrument, minute.Bar);
                break;
            case MarketTick.Status status:
                EncodeStatus(to, status);
                break;
            case MarketTick.DayBar day:
                EncodeBar(to, "d", tick.Instrument, day.Bar);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{tick}");
        }

        return to.ToArray();
    }

    public byte[] Frame(IReadOnlyList<byte[]> messages)
    {
        var to = new MsgpackWriter();
        to.Array(messages.Count);
        foreach (var message in messages)
        {
            to.Raw(message);
        }

        return to.ToArray();
    }

    public byte[] Success(string message)
    {
        var to = new MsgpackWriter();
        to.Array(1);
        to.Map(2);
        Text(to, "T", "success");
        Text(to, "msg", message);
        return to.ToArray();
    }

    public byte[] Error(int code, string message)
    {
        var to = new MsgpackWriter();
        to.Array(1);
        to.Map(3);
        Text(to, "T", "error");
        to.Text("code");
        to.Integer(code);
        Text(to, "msg", message);
        return to.ToArray();
    }

    public byte[] State(Subscription subscription)
    {
        var channels = subscription.State.ToList();
        var to = new MsgpackWriter();
        to.Array(1);
        to.Map(channels.Count + 1);
        Text(to, "T", "subscription");
        foreach (var (channel, symbols) in channels)
        {
            to.Text(channel);
            to.Array(symbols.Count);
            foreach (var symbol in symbols)
            {
                to.Text(symbol);
            }
        }

        return to.ToArray();
    }

    public JsonDocument? Read(ReadOnlyMemory<byte> message) => MsgpackReader.ToJson(message.Span);

    private static void EncodeTrade(MsgpackWriter to, MarketTick.Trade trade)
    {
        var crypto = trade.Instrument.IsCrypto;
        to.Map(crypto ? 7 : 9);
        Text(to, "T", "t");
        Text(to, "S", trade.Instrument.Symbol);
        to.Text("i");
        to.Integer(DataJson.IdOf(trade.At));
        Number(to, "p", trade.Price);
        Size(to, "s", trade.Size, crypto);
        Instant(to, trade.At);
        if (crypto)
        {
            Text(to, "tks", "B");
            return;
        }

        Text(to, "x", DataJson.Exchange);
        Conditions(to, "@");
        Text(to, "z", DataJson.TapeOf(trade.Instrument));
    }

    private static void EncodeQuote(MsgpackWriter to, MarketTick.Quote quote)
    {
        var crypto = quote.Instrument.IsCrypto;
        var size = DataJson.SizeOf(quote.Instrument);
        to.Map(crypto ? 7 : 11);
        Text(to, "T", "q");
        Text(to, "S", quote.Instrument.Symbol);
        Number(to, "bp", quote.Top.Bid);
        Size(to, "bs", size, crypto);
        Number(to, "ap", quote.Top.Ask);
        Size(to, "as", size, crypto);
        Instant(to, quote.At);
        if (crypto)
        {
            return;
        }

        Text(to, "bx", DataJson.Exchange);
        Text(to, "ax", DataJson.Exchange);
        Conditions(to, "R");
        Text(to, "z", DataJson.TapeOf(quote.Instrument));
    }

    // Always the whole book, which is what a reset is.
    private static void EncodeBook(MsgpackWriter to, MarketTick.Book book)
    {
        to.Map(6);
        Text(to, "T", "o");
        Text(to, "S", book.Instrument.Symbol);
        Instant(to, book.At);
        Side("b", [.. BookLevels.Bids(book.Instrument, book.Top)]);
        Side("a", [.. BookLevels.Asks(book.Instrument, book.Top)]);
        to.Text("r");
        to.Flag(true);

        void Side(string name, List<decimal> prices)
        {
            to.Text(name);
            to.Array(prices.Count);
            foreach (var price in prices)
            {
                to.Map(2);
                Number(to, "p", price);
                Number(to, "s", DataJson.SizeOf(book.Instrument));
            }
        }
    }

    private static void EncodeStatus(MsgpackWriter to, MarketTick.Status status)
    {
        to.Map(8);
        Text(to, "T", "s");
        Text(to, "S", status.Instrument.Symbol);
        Text(to, "sc", status.Code);
        Text(to, "sm", status.Message);
        Text(to, "rc", status.ReasonCode);
        Text(to, "rm", status.Reason);
        Instant(to, status.At);
        Text(to, "z", DataJson.TapeOf(status.Instrument));
    }

    private static void EncodeBar(MsgpackWriter to, string type, Instrument instrument, PriceBar bar)
    {
        to.Map(10);
        Text(to, "T", type);
        Text(to, "S", instrument.Symbol);
        Number(to, "o", bar.Open);
        Number(to, "h", bar.High);
        Number(to, "l", bar.Low);
        Number(to, "c", bar.Close);
        Size(to, "v", bar.Volume, instrument.IsCrypto);
        to.Text("n");
        to.Integer(bar.Trades);
        Number(to, "vw", bar.AveragePrice);
        Instant(to, bar.OpensAt);
    }

    private static void Text(MsgpackWriter to, string key, string value)
    {
        to.Text(key);
        to.Text(value);
    }

    private static void Number(MsgpackWriter to, string key, decimal value)
    {
        to.Text(key);
        to.Number(value);
    }

    private static void Size(MsgpackWriter to, string key, decimal value, bool crypto)
    {
        to.Text(key);
        if (crypto)
        {
            to.Number(value);
        }
        else
        {
            to.Integer((long)value);
        }
    }

    private static void Conditions(MsgpackWriter to, string condition)
    {
        to.Text("c");
        to.Array(1);
        to.Text(condition);
    }

    private static void Instant(MsgpackWriter to, DateTimeOffset at)
    {
        to.Text("t");
        to.Instant(at);
    }
}
