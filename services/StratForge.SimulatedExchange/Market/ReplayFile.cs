using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using StratForge.Contracts.Market;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Reads <c>symbol,timestamp,open,high,low,close,volume</c>; a bar that cannot be stops the start, with its line.</summary>
internal static class ReplayFile
{
    private static readonly string[] Columns = ["symbol", "timestamp", "open", "high", "low", "close", "volume"];

    /// <summary>One bar and where it stood.</summary>
    internal readonly record struct Row(int Line, string Symbol, PriceBar Bar);

    /// <exception cref="ReplayFileException">The file is not what a replay can use.</exception>
    public static List<Row> Read(string file)
    {
        using var text = new StreamReader(file);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null, BadDataFound = null };
        using var csv = new CsvReader(text, configuration);
        if (!csv.Read() || !csv.ReadHeader() || Columns.Except(csv.HeaderRecord ?? []).FirstOrDefault() is { } missing)
        {
            throw new ReplayFileException($"{file}, line 1: the header must name the columns {string.Join(',', Columns)}.");
        }

        var rows = new List<Row>();
        while (csv.Read())
        {
            rows.Add(ReadRow(file, csv));
        }

        return rows.Count > 0 ? rows : throw new ReplayFileException($"{file} holds no bars.");
    }

    /// <summary>Whether rows of one symbol are days: no two lie closer than half a day.</summary>
    public static bool HoldsDays(IReadOnlyList<Row> rows)
    {
        if (rows.Count == 1)
        {
            return rows[0].Bar.OpensAt.UtcDateTime is { Minute: 0, Hour: 0 or 4 or 5 };
        }

        var times = rows.Select(row => row.Bar.OpensAt).Order().ToList();
        return times.Zip(times.Skip(1), (earlier, later) => later - earlier).All(gap => gap >= TimeSpan.FromHours(12));
    }

    private static Row ReadRow(string file, CsvReader csv)
    {
        var line = csv.Parser.RawRow;
        var symbol = csv.GetField("symbol") ?? "";
        if (!Symbols.IsWellFormed(symbol))
        {
            throw new ReplayFileException($"{file}, line {line}: '{symbol}' is not a symbol such as AAPL or BTC/USD.");
        }

        if (!DateTimeOffset.TryParse(
            csv.GetField("timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var opensAt))
        {
            throw new ReplayFileException($"{file}, line {line}: '{csv.GetField("timestamp")}' is not an ISO 8601 time.");
        }

        var (open, high, low, close) = (Number("open"), Number("high"), Number("low"), Number("close"));
        var volume = Number("volume");
        if (low <= 0m || high < decimal.Max(open, close) || low > decimal.Min(open, close))
        {
            throw new ReplayFileException(
                $"{file}, line {line}: open {open}, high {high}, low {low}, close {close} are not the prices of one bar.");
        }

        return volume >= 0m
            ? new Row(line, symbol, new PriceBar(opensAt, open, high, low, close, volume, volume > 0m ? BarTrades : 0))
            : throw new ReplayFileException($"{file}, line {line}: the volume {volume} is negative.");

        decimal Number(string column) =>
            decimal.TryParse(csv.GetField(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new ReplayFileException($"{file}, line {line}: {column} '{csv.GetField(column)}' is not a number.");
    }

    private const int BarTrades = Trading.Matching.BarPath.Steps;
}
