using System.Globalization;
using System.Text.RegularExpressions;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The query of a request for history.</summary>
internal sealed partial record DataQuery(
    IReadOnlyList<string> Symbols, Timeframe Timeframe, DateTimeOffset? Start, DateTimeOffset? End, int Limit, bool Descending, PageMark? After)
{
    /// <summary>Of stocks: where the prices come from; empty for the default.</summary>
    public string Feed { get; init; } = "";

    /// <summary>The currency that was asked for; null when none was.</summary>
    public string? Currency { get; init; }

    private const int DefaultLimit = 1_000;
    private const int MaxLimit = 10_000;

    /// <summary>Reads the query of a call.</summary>
    /// <param name="query">The query string.</param>
    /// <param name="single">The symbol of a path that names one.</param>
    /// <param name="crypto">Which spelling symbols have.</param>
    /// <param name="framed">Whether it is bars that are asked for, which have a timeframe.</param>
    public static (DataQuery? Query, Refusal? Refusal) Read(IQueryCollection query, string? single, bool crypto, bool framed)
    {
        var (symbols, refusal) = ReadSymbols(query, single, crypto);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var frame = query["timeframe"].ToString();
        Timeframe timeframe = default;
        if (framed && !Timeframe.TryParse(frame, out timeframe))
        {
            return (null, Refusals.Data($"invalid timeframe: {frame}"));
        }

        // A date alone means the whole day: from its first moment as a start, to its last as an end.
        DateTimeOffset Midnight(DateOnly day) => crypto ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : NewYork.Midnight(day);
        if (!QueryTimes.Instant(query["start"], out var start, Midnight))
        {
            return (null, BadDate("start", query["start"].ToString()));
        }

        if (!QueryTimes.Instant(query["end"], out var end, day => Midnight(day.AddDays(1)) - TimeSpan.FromTicks(1)))
        {
            return (null, BadDate("end", query["end"].ToString()));
        }

        if (end < start)
        {
            return (null, Refusals.Data("end should not be before start"));
        }

        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out limit) || limit < 1))
        {
            return (null, Refusals.Data($"invalid limit: {text}"));
        }

        if (limit > MaxLimit)
        {
            return (null, Refusals.Data($"invalid limit: larger than the allowed maximum of {MaxLimit}"));
        }

        PageMark? after = null;
        if (query["page_token"].ToString() is { Length: > 0 } token && (after = PageMark.Parse(token)) is null)
        {
            return (null, Refusals.Data("invalid page_token"));
        }

        var (sort, currency) = (query["sort"].ToString(), query["currency"].ToString());
        var feed = crypto ? "" : query["feed"].ToString();
        var wrong = sort is not ("" or "asc" or "desc") ? Refusals.Data($"invalid sort: {sort}") : FeedRules.CheckName(feed) ?? CheckTerms(query, currency);
        return wrong is not null ? (null, wrong)
            : (new DataQuery(symbols!, timeframe, start, end, limit, sort == "desc", after) { Feed = feed, Currency = currency.Length > 0 ? currency : null }, null);
    }

    // There are no corporate actions, renamed symbols or other currencies here: any adjustment and any day of names gives the same prices.
    private static Refusal? CheckTerms(IQueryCollection query, string currency)
    {
        var adjustment = query["adjustment"].ToString();
        var asOf = query["asof"].ToString();
        return adjustment.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(term => term is not ("" or "raw" or "split" or "dividend" or "spin-off" or "all"))
                is { } unknown ? Refusals.Data($"invalid adjustment: {unknown}")
            : asOf is not ("" or "-") && !DateOnly.TryParseExact(asOf, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? BadDate("asof", asOf)
            : currency is not ("" or "USD") ? Refusals.Data($"invalid currency: {currency}. this venue has prices in USD only")
            : null;
    }

    /// <summary>The symbols of a call, in order, each once.</summary>
    public static (IReadOnlyList<string>? Symbols, Refusal? Refusal) ReadSymbols(IQueryCollection query, string? single, bool crypto)
    {
        var symbols = single is not null
            ? [Uri.UnescapeDataString(single)]
            : query["symbols"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (symbols.Count == 0)
        {
            return (null, Refusals.Data("Invalid format for parameter symbols: query parameter 'symbols' is required"));
        }

        var pattern = crypto ? CryptoPattern() : StockPattern();
        return symbols.FirstOrDefault(symbol => !pattern.IsMatch(symbol)) is not { } malformed ? (symbols, null)
            : (null, Refusals.Data(crypto
                ? $"invalid symbol: {malformed} does not match ^[A-Z]+x?/[A-Z]+$"
                : $"invalid symbol: {malformed}"));
    }

    private static Refusal BadDate(string name, string text) => Refusals.Data(
        $"Invalid format for parameter {name}: error parsing '{text}' as RFC3339 or 2006-01-02 time: parsing time \"{text}\" as \"2006-01-02\": cannot parse \"{text}\" as \"2006\"");

    [GeneratedRegex(@"\A[A-Z]+(\.[A-Z]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex StockPattern();

    [GeneratedRegex(@"\A[A-Z]+x?/[A-Z]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CryptoPattern();
}
