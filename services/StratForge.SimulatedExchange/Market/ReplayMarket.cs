using System.Security.Cryptography;

namespace StratForge.SimulatedExchange.Market;

/// <summary>A file of bars that cannot be replayed; the message is the sentence for whoever started the service.</summary>
internal sealed class ReplayFileException(string message) : Exception(message);

/// <summary>Real bars from files. Minute files make the market; day files are its history at the daily timeframe.</summary>
internal sealed class ReplayMarket : PriceSource
{
    /// <summary>A pause longer than this is jumped over.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, PriceBar[]> _minutes;
    private readonly Dictionary<string, SortedList<DateOnly, PriceBar>> _days;
    private readonly DateTimeOffset[] _timeline;

    private ReplayMarket(string key, Dictionary<string, PriceBar[]> minutes, Dictionary<string, SortedList<DateOnly, PriceBar>> days)
        : base(minutes.Keys.Union(days.Keys).Select(Listing.Of))
    {
        Key = key;
        _minutes = minutes;
        _days = days;
        _timeline = [.. minutes.Values.SelectMany(bars => bars).Select(bar => bar.OpensAt).Distinct().Order()];
    }

    public override string Mode => "replay";

    public override string Key { get; }

    public override decimal DefaultSpreadBps => 0m;

    /// <exception cref="ReplayFileException">A file is missing, unreadable or holds a bar that cannot be; the message names file and line.</exception>
    public static ReplayMarket Load(IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var minutes = new Dictionary<string, SortedList<DateTimeOffset, PriceBar>>();
        var days = new Dictionary<string, SortedList<DateOnly, PriceBar>>();
        foreach (var file in files)
        {
            hash.AppendData(Hashed(file));
            var bars = ReplayFile.Read(file);
            foreach (var symbol in bars.GroupBy(row => row.Symbol))
            {
                Add(file, symbol.Key, [.. symbol], minutes, days);
            }
        }

        if (minutes.Count == 0)
        {
            throw new ReplayFileException("A replay needs at least one file of minute bars; day bars alone are history without a market.");
        }

        var key = $"replay-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
        return new ReplayMarket(key, minutes.ToDictionary(entry => entry.Key, entry => entry.Value.Values.ToArray()), days);
    }

    public override bool Trades(Instrument instrument) => _minutes.ContainsKey(instrument.Symbol);

    public override DateTimeOffset BeginsAt(DateTimeOffset realNow) => _timeline[0];

    public override DateTimeOffset LatestAt(DateTimeOffset realNow) => _timeline[^1] + Minute;

    public override DateTimeOffset? GoesOnAt(DateTimeOffset minute)
    {
        var index = Array.BinarySearch(_timeline, minute);
        index = index < 0 ? ~index : index;
        return index == _timeline.Length ? null
            : _timeline[index] - minute > LongestPause ? _timeline[index]
            : minute;
    }

    public override PriceBar? MinuteBar(Instrument instrument, DateTimeOffset minute) =>
        Bars(instrument) is { Length: > 0 } bars && IndexFrom(bars, minute) is var index && index < bars.Length && bars[index].OpensAt == minute
            ? bars[index]
            : null;

    public override PriceBar? LastBarBefore(Instrument instrument, DateTimeOffset instant)
    {
        var bars = Bars(instrument);
        var index = IndexFrom(bars, instant);
        return index == 0 ? null : bars[index - 1];
    }

    public override DateTimeOffset? NextBarAt(Instrument instrument, DateTimeOffset instant)
    {
        var bars = Bars(instrument);
        var index = IndexFrom(bars, instant);
        return index == bars.Length ? null : bars[index].OpensAt;
    }

    public override PriceBar? DayBar(Instrument instrument, DateOnly day, DateTimeOffset visibleUntil)
    {
        var (start, end) = (StartOf(instrument, day), StartOf(instrument, day.AddDays(1)));
        if (NextBarAt(instrument, start) is { } first && first < end)
        {
            return PriceBar.Over(start, Minutes(instrument, start, visibleUntil < end ? MinuteOf(visibleUntil) : end));
        }

        return visibleUntil >= end && _days.TryGetValue(instrument.Symbol, out var days) && days.TryGetValue(day, out var bar)
            ? bar with { OpensAt = start }
            : null;
    }

    public override DateOnly? DayOnOrAfter(Instrument instrument, DateOnly day)
    {
        var minute = NextBarAt(instrument, StartOf(instrument, day)) is { } at ? DayOf(instrument, at) : (DateOnly?)null;
        if (!_days.TryGetValue(instrument.Symbol, out var days))
        {
            return minute;
        }

        var index = IndexFrom(days, day);
        return index == days.Count ? minute
            : minute is null || days.Keys[index] < minute ? days.Keys[index]
            : minute;
    }

    public override DateOnly? DayOnOrBefore(Instrument instrument, DateOnly day)
    {
        var minute = LastBarBefore(instrument, StartOf(instrument, day.AddDays(1))) is { } bar
            ? DayOf(instrument, bar.OpensAt)
            : (DateOnly?)null;
        if (!_days.TryGetValue(instrument.Symbol, out var days))
        {
            return minute;
        }

        var index = IndexFrom(days, day.AddDays(1));
        return index == 0 ? minute
            : minute is null || days.Keys[index - 1] > minute ? days.Keys[index - 1]
            : minute;
    }

    private PriceBar[] Bars(Instrument instrument) => _minutes.TryGetValue(instrument.Symbol, out var bars) ? bars : [];

    // Index of the first bar that opens at or after the instant.
    private static int IndexFrom(PriceBar[] bars, DateTimeOffset instant)
    {
        var (low, high) = (0, bars.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = bars[middle].OpensAt < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int IndexFrom(SortedList<DateOnly, PriceBar> days, DateOnly day)
    {
        var (low, high) = (0, days.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = days.Keys[middle] < day ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static void Add(
        string file,
        string symbol,
        List<ReplayFile.Row> rows,
        Dictionary<string, SortedList<DateTimeOffset, PriceBar>> minutes,
        Dictionary<string, SortedList<DateOnly, PriceBar>> days)
    {
        var instrument = Listing.Of(symbol);
        if (ReplayFile.HoldsDays(rows))
        {
            var history = days.TryGetValue(symbol, out var known) ? known : days[symbol] = [];
            foreach (var row in rows)
            {
                if (!history.TryAdd(DayOf(instrument, row.Bar.OpensAt), row.Bar))
                {
                    throw new ReplayFileException($"{file}, line {row.Line}: a second bar of {symbol} for the same day.");
                }
            }

            return;
        }

        var market = minutes.TryGetValue(symbol, out var bars) ? bars : minutes[symbol] = [];
        foreach (var row in rows)
        {
            if (row.Bar.OpensAt != MinuteOf(row.Bar.OpensAt))
            {
                throw new ReplayFileException($"{file}, line {row.Line}: {row.Bar.OpensAt:O} is not a whole minute.");
            }

            if (!market.TryAdd(row.Bar.OpensAt, row.Bar))
            {
                throw new ReplayFileException($"{file}, line {row.Line}: a second bar of {symbol} at {row.Bar.OpensAt:O}.");
            }
        }
    }

    private static byte[] Hashed(string file)
    {
        try
        {
            using var content = File.OpenRead(file);
            return SHA256.HashData(content);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ReplayFileException($"{file} cannot be replayed: {unreadable.Message}");
        }
    }
}
