using StratForge.Contracts.Market;

namespace StratForge.Worker.Market;

/// <summary>One closed bar as strategies see it: prices are doubles there.</summary>
/// <param name="UnixMilliseconds">Start of the bar.</param>
/// <param name="Open">First trade.</param>
/// <param name="High">Highest trade.</param>
/// <param name="Low">Lowest trade.</param>
/// <param name="Close">Last trade.</param>
/// <param name="Volume">Units traded.</param>
internal readonly record struct BarValues(long UnixMilliseconds, double Open, double High, double Low, double Close, double Volume)
{
    public static BarValues Of(
        DateTimeOffset opensAt, decimal open, decimal high, decimal low, decimal close, decimal volume) => new(
        opensAt.ToUnixTimeMilliseconds(), Rounded(open), Rounded(high), Rounded(low), Rounded(close), Rounded(volume));

    public static BarValues Of(BarMessage bar) =>
        Of(bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume);

    // Dividing by this one drops trailing zeros: a price that came over the bus and the same price read from a table must become
    // the same double, and the conversion of a decimal with more than 53 bits of digits depends on how many zeros it ends in.
    private static double Rounded(decimal value) => (double)(value / 1.0000000000000000000000000000m);
}
