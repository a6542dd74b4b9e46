using System.Diagnostics;
using System.Globalization;
using System.Text.Unicode;

namespace StratForge.Benchmarks.Streams;

/// <summary>What is published. Each message bears when: <c>"ts":1</c>; those of the market also their symbol and number: <c>"ts":1,"s":2,"n":3</c>.</summary>
internal static class StreamMessages
{
    /// <summary>The topic that is relayed as it is.</summary>
    public const string Relayed = "levels.signals";

    /// <summary>Bytes of a relayed message, within two.</summary>
    public const int RelayedBytes = 1200;

    /// <summary>Symbols of the market.</summary>
    public const int Symbols = 50;

    /// <summary>What the offer of every quote is, USD.</summary>
    public const decimal AskPrice = 100.27m;

    private static readonly string Filler = new('x', RelayedBytes - 40);
    private static readonly string[] Names = [.. Enumerable.Range(0, Symbols).Select(number => $"BM{(char)('A' + (number / 26))}{(char)('A' + (number % 26))}")];
    private static readonly string[] Quotes = [.. Names.Select(QuotesOf)];

    /// <summary>Symbols that the broker has to list.</summary>
    public static IReadOnlyList<string> AllSymbols => Names;

    /// <summary>Where quotes of a symbol are published.</summary>
    public static string QuotesOf(string symbol) => $"market_quotes:{symbol}";

    /// <summary>Publishes a relayed message.</summary>
    public static void PublishRelayed(this Publisher bus) => bus.PublishRelayed(Filler);

    /// <summary>Publishes a relayed message that is longer or shorter.</summary>
    public static void PublishRelayed(this Publisher bus, string filler)
    {
        Span<byte> message = stackalloc byte[filler.Length + 64];
        Utf8.TryWrite(message, CultureInfo.InvariantCulture, $$"""{"ts":{{Stopwatch.GetTimestamp()}},"filler":"{{filler}}"}""", out var length);
        bus.Publish(Relayed, message[..length]);
    }

    /// <summary>Publishes a quote.</summary>
    /// <param name="bus">Where.</param>
    /// <param name="symbol">Which of the symbols.</param>
    /// <param name="number">Rises from quote to quote.</param>
    /// <param name="ask">Offer, USD; two cents above the bid.</param>
    public static void PublishQuote(this Publisher bus, int symbol, long number, decimal ask = AskPrice)
    {
        Span<byte> message = stackalloc byte[512];
        Utf8.TryWrite(
            message, CultureInfo.InvariantCulture,
            $$"""{"symbol":"{{Names[symbol]}}","bidPrice":{{ask - 0.02m}},"bidSize":300,"askPrice":{{ask}},"askSize":200,"timestamp":"2026-01-05T15:30:00.123456Z","tickType":"quote","ts":{{Stopwatch.GetTimestamp()}},"s":{{symbol}},"n":{{number}}}""",
            out var length);
        bus.Publish(Quotes[symbol], message[..length]);
    }
}
