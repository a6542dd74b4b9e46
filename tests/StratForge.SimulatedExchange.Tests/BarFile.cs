using System.Globalization;

namespace StratForge.SimulatedExchange.Tests;

/// <summary>A file of bars to replay, gone when the test is.</summary>
internal sealed class BarFile : IDisposable
{
    private readonly List<string> _lines = ["symbol,timestamp,open,high,low,close,volume"];

    private BarFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>A file that begins empty.</summary>
    public static BarFile Empty() => new(System.IO.Path.GetTempFileName());

    /// <summary>Minutes of one symbol at these closing prices, each bar flat, from New York's morning of 2 June 2014 on.</summary>
    public static BarFile Flat(string symbol, params decimal[] prices)
    {
        var file = Empty();
        for (var minute = 0; minute < prices.Length; minute++)
        {
            file.Add(symbol, Start.AddMinutes(minute), prices[minute], prices[minute], prices[minute], prices[minute]);
        }

        return file;
    }

    public static DateTimeOffset Start { get; } = new(2014, 6, 2, 14, 0, 0, TimeSpan.Zero);

    public BarFile Add(string symbol, DateTimeOffset at, decimal open, decimal high, decimal low, decimal close, decimal volume = 1000m) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"{symbol},{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ},{open},{high},{low},{close},{volume}"));

    public BarFile Line(string line)
    {
        _lines.Add(line);
        File.WriteAllLines(Path, _lines);
        return this;
    }

    public void Dispose() => File.Delete(Path);
}

/// <summary>A folder that is gone when the test is.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exchange-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
