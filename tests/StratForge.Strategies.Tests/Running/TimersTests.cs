using StratForge.Strategies.Testing;

namespace StratForge.Strategies.Tests.Running;

public sealed class TimersTests
{
    private static readonly DateTimeOffset HalfDay = new(2024, 11, 29, 14, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_day_has_its_times()
    {
        var strategy = new Timed(one =>
        {
            one.DailyAt("15:55 ET");
            one.FromOpen(0);
            one.FromOpen(30);
            one.ToClose(5);
            one.Each(120);
        });
        StrategyTrial.Of(strategy, from: StrategyTrial.MondayMorning.AddMinutes(-1)).Closes([.. Enumerable.Repeat(10.0, 400)]);

        Assert.Equal(
            [
                "14:30 0m after the open", "15:00 30m after the open", "16:30 every 120m", "18:30 every 120m", "20:30 every 120m", "20:55 15:55 ET",
                "20:55 5m before the close",
            ],
            strategy.Due);
    }

    [Fact]
    public void A_half_day_closes_earlier()
    {
        var strategy = new Timed(one => one.ToClose(5));
        StrategyTrial.Of(strategy, from: HalfDay).Closes([.. Enumerable.Repeat(10.0, 230)]);

        Assert.Equal(["17:55 5m before the close"], strategy.Due);
    }

    [Fact]
    public void Crypto_counts_from_midnight_every_day()
    {
        var strategy = new Timed(one =>
        {
            one.DailyAt("00:00");
            one.Each(720);
        });
        StrategyTrial.Of(strategy, "BTC/USD", from: new(2024, 1, 6, 12, 0, 0, TimeSpan.Zero)).Closes([.. Enumerable.Repeat(10.0, 1_441)]);

        Assert.Equal(["00:00 00:00", "00:00 every 720m", "12:00 every 720m"], strategy.Due);
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Timed(one => one.ToClose(5)), "BTC/USD"));
    }

    [Fact]
    public void No_timer_is_due_in_history_or_before_the_indicators_are_ready()
    {
        var strategy = new Timed(one => one.Each(1), bars: 3);
        StrategyTrial.Of(strategy)
            .Warm(new Bar("SPY", StrategyTrial.MondayMorning.ToUnixTimeMilliseconds(), 1, 1, 1, 1, 1))
            .Closes(1, 1, 1);

        Assert.Equal(["14:33 every 1m", "14:34 every 1m"], strategy.Due);
    }

    [Theory]
    [InlineData("25:00")]
    [InlineData("9:30")]
    [InlineData("09:30 CET")]
    [InlineData("09:30  ET")]
    [InlineData("")]
    public void What_is_no_time_of_day_is_refused(string time) =>
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Timed(one => one.DailyAt(time))));

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(391)]
    [InlineData(double.NaN)]
    public void What_is_no_number_of_minutes_is_refused(double minutes) =>
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Timed(one => one.Each(minutes))));

    private sealed class Timed(Action<Timed> set, int bars = 0) : Strategy
    {
        public List<string> Due { get; } = [];

        public override int MinBars => bars;

        public override void OnStart() => set(this);

        public override void OnTimer(TimerEvent timer)
        {
            Assert.Equal(Clock.Now, timer.At);
            Due.Add($"{timer.At:HH:mm} {timer.Name}");
        }

        public void DailyAt(string time) => At(time);

        public void FromOpen(double minutes) => AfterOpen(minutes);

        public void ToClose(double minutes) => BeforeClose(minutes);

        public void Each(double minutes) => Every(minutes);
    }
}
