using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The query of a request for bars.</summary>
internal sealed partial record DataQuery(
    IReadOnlyList<string> Symbols, Timeframe Timeframe, DateTimeOffset? Start, DateTimeOffset? End, int Limit, bool Descending, PageMark? After)
{
    private const int DefaultLimit = 1_000;
    private const int MaxLimit = 10_000;

    /// <summary>Reads the query of a bars call.</summary>
    /// <param name="query">The query string.</param>
    /// <param name="single">The symbol of a path that names one.</param>
    /// <param name="crypto">Which spelling symbols have.</param>
    public static (DataQuery? Query, Refusal? Refusal) Read(IQueryCollection query, string? single, bool crypto)
    {
        var (symbols, refusal) = ReadSymbols(query, single, crypto);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var frame = query["timeframe"].ToString();
        if (!Timeframe.TryParse(frame, out var timeframe))
        {
            return (null, Refusals.Data($"invalid timeframe: {frame}"));
        }

        if (!Instant(query["start"], endOfDay: false, crypto, out var start))
        {
            return (null, BadDate("start", query["start"].ToString()));
        }

        if (!Instant(query["end"], endOfDay: true, crypto, out var end))
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

        var sort = query["sort"].ToString();
        return sort is "" or "asc" or "desc"
            ? (new DataQuery(symbols!, timeframe, start, end, limit, sort == "desc", after), null)
            : (null, Refusals.Data($"invalid sort: {sort}"));
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

    // A date alone means the whole day: from its first moment as a start, to its last as an end.
    private static bool Instant(string? text, bool endOfDay, bool crypto, out DateTimeOffset? instant)
    {
        instant = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            var day = endOfDay ? date.AddDays(1) : date;
            var midnight = crypto ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : NewYork.Midnight(day);
            instant = endOfDay ? midnight - TimeSpan.FromTicks(1) : midnight;
            return true;
        }

        // A plus sign that was not encoded arrives as a space.
        if (!DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            || !text.Contains('T', StringComparison.Ordinal))
        {
            return false;
        }

        instant = parsed;
        return true;
    }

    private static Refusal BadDate(string name, string text) => Refusals.Data(
        $"Invalid format for parameter {name}: error parsing '{text}' as RFC3339 or 2006-01-02 time: parsing time \"{text}\" as \"2006-01-02\": cannot parse \"{text}\" as \"2006\"");

    [GeneratedRegex(@"\A[A-Z]+(\.[A-Z]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex StockPattern();

    [GeneratedRegex(@"\A[A-Z]+x?/[A-Z]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CryptoPattern();
}

/// <summary>The last bar of a page; the next one goes on behind it.</summary>
internal sealed record PageMark(string Symbol, DateTimeOffset OpensAt)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>As a page token: base64 of <c>SYMBOL|M|nanoseconds</c>.</summary>
    public string ToToken() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $"{Symbol}|M|{(OpensAt - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick}"));

    /// <summary>Null when the token is not one of ours.</summary>
    public static PageMark? Parse(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes, 0, length).Split('|') is [var symbol, "M", var nanoseconds]
            && long.TryParse(nanoseconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var since)
            ? new PageMark(symbol, DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(since / NanosecondsPerTick))
            : null;
    }
}
