using System.Globalization;
using System.Runtime.CompilerServices;
using StratForge.Contracts.Calendar;
using StratForge.Contracts.Market;

namespace StratForge.Gateway.Market;

/// <summary>One line of a file of bars: a bar, or why it is none.</summary>
/// <param name="Number">Counted from 1, the heading included.</param>
/// <param name="Bar">The bar, when the line holds one.</param>
/// <param name="Fault">What is wrong, when it does not.</param>
internal readonly record struct BarLine(long Number, HistoricBar Bar, string? Fault);

/// <summary>The first line does not say which column is which.</summary>
internal sealed class BarFileException(string message) : Exception(message);

/// <summary>Reads bars from comma-separated text as an export writes them: a heading, then one bar a line.</summary>
/// <param name="symbol">Of every line, where the file has no column for it.</param>
/// <param name="length">Of a bar; its start has to lie on a multiple of it.</param>
/// <param name="now">A bar that is not over yet cannot be known.</param>
internal sealed class BarFileReader(string? symbol, TimeSpan length, DateTimeOffset now)
{
    private const int LongestLine = 4_096;

    // What other programs call these columns.
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["symbol"] = "symbol",
        ["ticker"] = "symbol",
        ["timestamp"] = "timestamp",
        ["time"] = "timestamp",
        ["date"] = "timestamp",
        ["datetime"] = "timestamp",
        ["t"] = "timestamp",
        ["open"] = "open",
        ["o"] = "open",
        ["high"] = "high",
        ["h"] = "high",
        ["low"] = "low",
        ["l"] = "low",
        ["close"] = "close",
        ["c"] = "close",
        ["volume"] = "volume",
        ["v"] = "volume",
    };

    /// <summary>The lines, as they are read.</summary>
    /// <exception cref="BarFileException">There is no heading, or one that lacks a column.</exception>
    public async IAsyncEnumerable<BarLine> ReadAsync(TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var columns = ColumnsOf(await text.ReadLineAsync(cancellationToken));
        long number = 1;
        while (await text.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            var (bar, fault) = line.Length > LongestLine ? (default, "the line is too long") : Read(line, columns);
            yield return new BarLine(number, bar, fault);
        }
    }

    private Dictionary<string, int> ColumnsOf(string? heading)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (title, place) in (heading ?? "").TrimStart('\uFEFF').Split(',').Select((title, place) => (title.Trim().Trim('"'), place)))
        {
            if (Names.TryGetValue(title, out var name))
            {
                columns.TryAdd(name, place);
            }
        }

        var missing = Names.Values.Distinct().Where(name => !columns.ContainsKey(name) && !(name == "symbol" && symbol is not null)).ToList();
        return missing.Count == 0 ? columns
            : throw new BarFileException($"The first line has to name the columns symbol,timestamp,open,high,low,close,volume; {string.Join(", ", missing)} is missing.");
    }

    private (HistoricBar Bar, string? Fault) Read(string line, Dictionary<string, int> columns)
    {
        var cells = line.Split(',');
        if (cells.Length <= columns.Values.Max())
        {
            return (default, $"there are {cells.Length} columns");
        }

        string Cell(string name) => cells[columns[name]].Trim().Trim('"');

        var ticker = columns.ContainsKey("symbol") ? Cell("symbol") : symbol!;
        if (!Symbols.IsWellFormed(ticker))
        {
            return (default, $"'{ticker}' is not a symbol");
        }

        if (!TryInstant(Cell("timestamp"), out var at))
        {
            return (default, $"'{Cell("timestamp")}' is no instant like 2026-01-31T14:30:00Z");
        }

        if (length >= TimeSpan.FromDays(1) && at.UtcDateTime.TimeOfDay == TimeSpan.Zero && Symbols.ClassOf(ticker) == AssetClass.Stock)
        {
            // A plain date means the exchange's day, which began some hours after UTC's.
            at = NewYork.Midnight(DateOnly.FromDateTime(at.UtcDateTime));
        }

        var numbers = new decimal[5];
        foreach (var (name, place) in (ReadOnlySpan<(string, int)>)[("open", 0), ("high", 1), ("low", 2), ("close", 3), ("volume", 4)])
        {
            if (!decimal.TryParse(Cell(name), NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[place]))
            {
                return (default, $"{name} is '{Cell(name)}', not a number");
            }
        }

        var bar = new HistoricBar(ticker, at, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        return (bar, bar.Fault ?? FaultOfTime(at));
    }

    // A day may begin at any exchange's midnight; a minute begins at its first second.
    private string? FaultOfTime(DateTimeOffset at) =>
        at.UtcTicks % TimeSpan.TicksPerMinute != 0 ? "the time is not a whole minute"
        : length >= TimeSpan.FromDays(1) && at.Minute != 0 ? "the time is no midnight"
        : at > now - length ? "the bar is not over yet"
        : at.Year < 1970 ? "the time lies before 1970"
        : null;

    private static bool TryInstant(string text, out DateTimeOffset at)
    {
        if (!Moment.TryParse(text, out var moment))
        {
            at = default;
            return false;
        }

        at = moment.At;
        return true;
    }
}
