using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Protocol;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Bars, trades and quotes as the market-data API writes them, without the opening brace.</summary>
internal static class DataJson
{
    /// <summary>The one venue at which everything trades: the code of IEX.</summary>
    public const string Exchange = "V";

    private const int QuoteSizeOfStocks = 100;
    private const decimal QuoteSizeOfCrypto = 1m;

    public static void WriteBar(Utf8JsonWriter json, PriceBar bar)
    {
        json.WriteString("t", Wire.Text(bar.OpensAt));
        json.WritePlain("o", bar.Open);
        json.WritePlain("h", bar.High);
        json.WritePlain("l", bar.Low);
        json.WritePlain("c", bar.Close);
        json.WritePlain("v", bar.Volume);
        json.WriteNumber("n", bar.Trades);
        json.WritePlain("vw", bar.AveragePrice);
    }

    public static void WriteTrade(Utf8JsonWriter json, Instrument instrument, DateTimeOffset at, decimal price, decimal size)
    {
        json.WriteString("t", Wire.Text(at));
        json.WritePlain("p", price);
        json.WritePlain("s", size);
        if (instrument.IsCrypto)
        {
            json.WriteString("tks", "B");
        }
        else
        {
            json.WriteString("x", Exchange);
            json.WriteStartArray("c");
            json.WriteStringValue("@");
            json.WriteEndArray();
            json.WriteString("z", TapeOf(instrument));
        }

        json.WriteNumber("i", IdOf(at));
    }

    public static void WriteQuote(Utf8JsonWriter json, Instrument instrument, DateTimeOffset at, TopOfBook top)
    {
        json.WriteString("t", Wire.Text(at));
        json.WritePlain("bp", top.Bid);
        json.WritePlain("bs", SizeOf(instrument));
        json.WritePlain("ap", top.Ask);
        json.WritePlain("as", SizeOf(instrument));
        if (!instrument.IsCrypto)
        {
            json.WriteString("bx", Exchange);
            json.WriteString("ax", Exchange);
            json.WriteStartArray("c");
            json.WriteStringValue("R");
            json.WriteEndArray();
            json.WriteString("z", TapeOf(instrument));
        }
    }

    /// <summary>What became of trading in a stock.</summary>
    public static void WriteStatus(Utf8JsonWriter json, MarketTick.Status status)
    {
        json.WriteString("sc", status.Code);
        json.WriteString("sm", status.Message);
        json.WriteString("rc", status.ReasonCode);
        json.WriteString("rm", status.Reason);
        json.WriteString("t", Wire.Text(status.At));
        json.WriteString("z", TapeOf(status.Instrument));
    }

    /// <summary>An order book, every level of it.</summary>
    public static void WriteBook(Utf8JsonWriter json, Instrument instrument, DateTimeOffset at, TopOfBook top)
    {
        json.WriteString("t", Wire.Text(at));
        Side("b", BookLevels.Bids(instrument, top));
        Side("a", BookLevels.Asks(instrument, top));

        void Side(string name, IEnumerable<decimal> prices)
        {
            json.WriteStartArray(name);
            foreach (var price in prices)
            {
                json.WriteStartObject();
                json.WritePlain("p", price);
                json.WritePlain("s", SizeOf(instrument));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    /// <summary>The prints of one auction; none before it has been.</summary>
    public static void WriteAuctions(Utf8JsonWriter json, string name, DateTimeOffset at, decimal? price, string condition)
    {
        json.WriteStartArray(name);
        if (price is { } known)
        {
            json.WriteStartObject();
            json.WriteString("t", Wire.Text(at));
            json.WriteString("x", Exchange);
            json.WritePlain("p", known);
            json.WriteString("c", condition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static decimal SizeOf(Instrument instrument) => instrument.IsCrypto ? QuoteSizeOfCrypto : QuoteSizeOfStocks;

    public static string TapeOf(Instrument instrument) => instrument.Venue switch { "NASDAQ" => "C", "NYSE" => "A", _ => "B" };

    // One trade per symbol and quarter minute: the quarter's number identifies it.
    public static long IdOf(DateTimeOffset at) => at.UtcTicks / BarPath.Step.Ticks;
}
