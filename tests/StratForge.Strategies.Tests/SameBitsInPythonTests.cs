using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.Strategies.Indicators;
using StratForge.Strategies.Running;

namespace StratForge.Strategies.Tests;

/// <summary>The two languages compute the same bits from the same bars: what one backtests, the other can be held to.</summary>
public sealed class SameBitsInPythonTests
{
    [Fact]
    public async Task Every_indicator_gives_the_same_bits_in_both_languages()
    {
        var bars = SomeBars.Walk(seed: 20131004, count: 3_000);
        var rows = bars.Select(bar => new object[] { bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume });

        var python = await AskPython("indicators", rows);

        Assert.Equal(Indicators(bars), python);
    }

    [Fact]
    public async Task Random_numbers_are_the_same_in_both_languages()
    {
        long[] seeds = [0, 1, -1, 42, long.MaxValue, long.MinValue];

        var python = await AskPython("random", seeds);

        var expected = new StringBuilder();
        foreach (var seed in seeds)
        {
            var random = new SeededRandom(seed);
            for (var i = 0; i < 50; i++)
            {
                expected.AppendLine(CultureInfo.InvariantCulture, $"{Bits(random.NextDouble())} {random.NextInt(-7, 1_000_003)}");
            }
        }

        Assert.Equal(expected.ToString(), python);
    }

    [Fact]
    public async Task Quantities_and_prices_are_rounded_the_same_in_both_languages()
    {
        var random = new SeededRandom(3);
        double[] amounts =
        [
            0.1, 0.3 - 0.1, 1, 2.5e-9, 1.5e-9, 0.0009765625, 0.99995, 1.005, 167.645, 123456.789012345, 1e14,
            .. Enumerable.Range(0, 500).Select(_ => random.NextDouble() * Math.Pow(10, random.NextInt(-8, 9))),
        ];

        var python = await AskPython("lots", amounts);

        var expected = new StringBuilder();
        foreach (var amount in amounts)
        {
            expected.AppendLine(CultureInfo.InvariantCulture,
                $"{Lots.Quantity(amount)} {Lots.Price(amount, isCrypto: false)} {Lots.Price(amount, isCrypto: true)} {Lots.Whole(Lots.Nearest(amount), isCrypto: true)} {Lots.Whole(Lots.Below(amount), isCrypto: false)}");
        }

        Assert.Equal(expected.ToString(), python);
    }

    private static string Indicators(Bar[] bars)
    {
        var (sma, ema, rsi, deviation) = (new Sma(20), new Ema(12), new Rsi(14), new StdDev(20));
        var (bands, range, convergence, channel) = (new Bollinger(20, 2), new Atr(14), new Macd(12, 26, 9), new Donchian(20));
        Indicator[] all = [sma, ema, rsi, deviation, bands, range, convergence, channel];
        Series[] values =
        [
            sma, ema, rsi, deviation, bands, bands.Upper, bands.Lower, range, convergence, convergence.Signal, convergence.Histogram,
            channel, channel.Upper, channel.Lower,
        ];
        var lines = new StringBuilder();
        foreach (var bar in bars)
        {
            foreach (var indicator in all)
            {
                indicator.Update(bar);
            }

            lines.AppendJoin(' ', values.Select(value => Bits(value.Value))).AppendLine();
        }

        return lines.ToString();
    }

    private static async Task<string> AskPython<T>(string what, T input)
    {
        var (exitCode, output, error) = await PythonInterpreter.RunAsync(JsonSerializer.Serialize(input), "tests/same_bits.py", what);
        Assert.True(exitCode == 0, error);
        return output;
    }

    // NaN has many bit patterns; one of them stands for all.
    private static string Bits(double value) =>
        double.IsNaN(value) ? "nan" : BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
}
