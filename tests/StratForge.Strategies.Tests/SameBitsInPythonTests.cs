using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.Strategies.Feeds;
using StratForge.Strategies.Running;
using StratForge.Strategies.Timers;

namespace StratForge.Strategies.Tests;

/// <summary>The two languages compute the same bits from the same bars: what one backtests, the other can be held to.</summary>
public sealed class SameBitsInPythonTests
{
    [Fact]
    public async Task Every_indicator_gives_the_same_bits_in_both_languages()
    {
        Bar[] bars =
        [
            .. SomeBars.Walk(seed: 20131004, count: 3_000),
            .. SomeBars.Walk(seed: 7, count: 200).Select(bar => bar with { OpensAtMs = bar.OpensAtMs + 400_000_000 }),
            .. SomeBars.Closing([.. Enumerable.Repeat(12.5, 100)]).Select(bar => bar with { OpensAtMs = bar.OpensAtMs + 500_000_000 }),
            .. SomeBars.Closing([.. Enumerable.Repeat(0.0, 40), 1.5]).Select(bar => bar with { OpensAtMs = bar.OpensAtMs + 600_000_000 }),
        ];

        var python = await AskPython("indicators", new
        {
            indicators = EveryIndicator.All.Select(one => new object[] { one.Name, one.Arguments }),
            bars = bars.Select(bar => new object[] { bar.Symbol, bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume }),
        });

        Assert.Equal(Indicators(bars), python);
    }

    [Fact]
    public async Task The_exchanges_days_and_timers_are_the_same_in_both_languages()
    {
        var random = new SeededRandom(11);
        long[] instants =
        [
            .. Enumerable.Range(0, 400).Select(_ => (long)(883_612_800_000 + (random.NextDouble() * 1_000_000_000_000))),
            1_383_458_400_000, 1_383_462_000_000, 1_394_348_400_000, 1_131_865_200_000,
        ];

        var python = await AskPython("calendar", instants);

        var expected = new StringBuilder();
        foreach (var ms in instants)
        {
            var day = ExchangeCalendar.DateAt(ms);
            TimerSchedule[] timers =
            [
                TimerSchedule.At("15:55 ET", null, isCrypto: false), TimerSchedule.At("00:30 UTC", null, isCrypto: true),
                TimerSchedule.Session(TimerSchedule.From.Open, 200, null, isCrypto: false), TimerSchedule.Session(TimerSchedule.From.Close, 5, null, isCrypto: false),
                TimerSchedule.Every(45, null, isCrypto: false), TimerSchedule.Every(7, null, isCrypto: true),
            ];
            expected.AppendLine(CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd} {ExchangeCalendar.IsTradingDay(day)} {ExchangeCalendar.OpenOf(day)} {ExchangeCalendar.CloseOf(day)} {ExchangeCalendar.At(day, 0)} {string.Join(' ', timers.Select(timer => timer.After(ms)))}");
        }

        Assert.Equal(expected.ToString(), python);
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
        var all = EveryIndicator.All.Select(one => one.Make()).ToArray();
        var rows = all.SelectMany(EveryIndicator.RowsOf).ToArray();
        var lines = new StringBuilder();
        foreach (var bar in bars)
        {
            foreach (var indicator in all)
            {
                indicator.Update(bar);
            }

            lines.AppendJoin(' ', rows.Select(row => Bits(row.Value))).AppendLine();
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
