using StratForge.Worker.Market;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Tests.Sessions;

public sealed class BarOrderTests
{
    private static readonly string[] Names = ["MSFT", "AAPL", "QQQ"];

    [Fact]
    public void Bars_of_one_minute_come_in_the_order_of_their_symbols()
    {
        var market = new Market([[1, 2], [1, 2], [1, 2]]);
        market.KnowAll();

        Assert.Equal("1.1 0.1 2.1 1.2 0.2 2.2", market.Tell([]));
    }

    [Fact]
    public void A_bar_before_which_another_may_come_waits_and_one_before_which_none_can_come_does_not()
    {
        var market = new Market([[1, 2], [1, 2], [1, 3]]);
        market.Know(0);
        market.Know(2);

        // MSFT of minute 1 comes after AAPL of minute 1, which nobody knows yet.
        Assert.Equal(NextBarIs.Waiting, market.Next().Is);
        market.Know(1);
        Assert.Equal("1.1 0.1 2.1", market.Tell([]));
        market.Know(1);
        market.Know(0);

        // MSFT's next is of minute 3 at the soonest, as QQQ's that is to come.
        Assert.Equal("1.1 0.1 2.1 1.2 0.2", market.Tell([]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whoever_tells_them_again_tells_them_in_the_same_order_whenever_each_became_known(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 200; run++)
        {
            int[][] minutes = [.. Names.Select(_ => Enumerable.Range(1, 12).Where(_ => random.Next(4) > 0).ToArray())];
            var live = new Market(minutes);
            var decided = new Dictionary<long, BarSource>();
            while (!live.IsKnown)
            {
                live.Know(random.Next(Names.Length));
                live.Tell(decided);

                // Now and then patience ends.
                if (random.Next(3) == 0 && live.Next() is { Is: NextBarIs.Waiting } ahead)
                {
                    decided[live.Told + 1] = ahead.Source;
                    live.Tell(decided);
                }
            }

            var lived = live.Tell(decided);
            var again = new Market(minutes);
            again.KnowAll();
            var told = again.Tell(decided);

            Assert.StartsWith(lived, told, StringComparison.Ordinal);
            Assert.Equal(minutes.Sum(own => own.Length), told.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        }
    }

    /// <summary>A market of three symbols of which a session knows more and more.</summary>
    private sealed class Market(int[][] minutes)
    {
        private readonly BarOrder _order = new([.. Names.Select(name => new SessionSymbol(name, 0, 0))], DateTimeOffset.UnixEpoch);
        private readonly int[] _known = new int[minutes.Length];
        private readonly List<string> _told = [];

        public long Told => _told.Count;

        public bool IsKnown => _known.Select((known, place) => known == minutes[place].Length).All(all => all);

        public void Know(int place) => _known[place] = Math.Min(_known[place] + 1, minutes[place].Length);

        public void KnowAll()
        {
            for (var place = 0; place < _known.Length; place++)
            {
                _known[place] = minutes[place].Length;
            }
        }

        public NextBar Next() => _order.Next(Look);

        public string Tell(Dictionary<long, BarSource> decided)
        {
            while (true)
            {
                var next = decided.TryGetValue(Told + 1, out var source) && Look(source, out var values) == BarIs.Here
                    ? new NextBar(NextBarIs.Here, source, values, source.Place)
                    : Next();
                if (next.Is != NextBarIs.Here)
                {
                    // The end of the market: nobody is waited for any more.
                    if (next.Is != NextBarIs.Waiting || !IsKnown)
                    {
                        return string.Join(' ', _told);
                    }
                }

                _order.Take(next.Source, next.Values.UnixMilliseconds);
                _told.Add($"{next.Source.Place}.{minutes[next.Source.Place][next.Source.Seq - 1]}");
            }
        }

        private BarIs Look(BarSource source, out BarValues values)
        {
            values = default;
            if (source.Seq > _known[source.Place])
            {
                return BarIs.ToCome;
            }

            values = new BarValues(minutes[source.Place][source.Seq - 1] * 60_000L, 1, 1, 1, 1, 1);
            return BarIs.Here;
        }
    }
}
