using System.Globalization;

namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>One line of a file of bars, as a reader outside the platform understands it.</summary>
internal sealed record RecordedBar(
    DateTimeOffset OpensAt, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume)
{
    /// <summary>When the bar is known: the time of the event that a strategy handles.</summary>
    public DateTimeOffset ClosesAt => OpensAt.AddMinutes(1);

    public static RecordedBar Parse(string line)
    {
        var fields = line.Split(',');
        return new RecordedBar(
            DateTimeOffset.Parse(fields[1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Number(fields[2]), Number(fields[3]), Number(fields[4]), Number(fields[5]), Number(fields[6]));
    }

    public string ToLine(string symbol) => string.Create(
        CultureInfo.InvariantCulture, $"{symbol},{OpensAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ},{Open},{High},{Low},{Close},{Volume}");

    /// <summary>The market's price at a moment inside this bar: four steps, the low before the high when the bar rises (docs/adr/0006).</summary>
    public decimal PriceAt(DateTimeOffset moment)
    {
        var rises = Close >= Open;
        return ((moment - OpensAt).TotalSeconds) switch
        {
            < 15 => Open,
            < 30 => rises ? Low : High,
            < 45 => rises ? High : Low,
            _ => Close,
        };
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
