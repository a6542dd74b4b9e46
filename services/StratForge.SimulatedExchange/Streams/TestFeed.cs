using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>The endpoint to try a client on: one symbol that trades at any real time of day, whatever the market's clock shows.</summary>
internal sealed class TestFeed(DataStream stream, TimeProvider time) : BackgroundService
{
    public const string Symbol = "FAKEPACA";

    private const decimal Spread = 0.02m;
    private const decimal Size = 100m;
    private const int TicksInMinute = 12;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly Instrument Fake = new(Symbol, "Test stream", "NASDAQ", 0.01m);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        var barredTo = PriceSource.MinuteOf(time.GetUtcNow());
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow();
            var at = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Pace.Ticks), TimeSpan.Zero);
            var price = PriceAt(at);
            List<MarketTick> ticks =
            [
                new MarketTick.Quote(Fake, at, new TopOfBook(price - (Spread / 2), price + (Spread / 2))),
                new MarketTick.Trade(Fake, at, price, Size),
            ];
            if (PriceSource.MinuteOf(at) > barredTo)
            {
                barredTo = PriceSource.MinuteOf(at);
                ticks.Add(new MarketTick.MinuteBar(Fake, MinuteBefore(barredTo)));
            }

            stream.SendTest(ticks);
        }
    }

    private static PriceBar MinuteBefore(DateTimeOffset minute)
    {
        var prices = Enumerable.Range(0, TicksInMinute).Select(tick => PriceAt(minute - PriceSource.Minute + (tick * Pace))).ToList();
        return new PriceBar(minute - PriceSource.Minute, prices[0], prices.Max(), prices.Min(), prices[^1], TicksInMinute * Size, TicksInMinute);
    }

    // Up and down by five dollars within the hour.
    private static decimal PriceAt(DateTimeOffset at) =>
        decimal.Round(130m + (5m * (decimal)Math.Sin(at.TimeOfDay.TotalHours * 2 * Math.PI)), 2);
}
