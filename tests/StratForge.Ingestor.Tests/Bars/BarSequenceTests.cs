using FsCheck;
using FsCheck.Fluent;
using StratForge.Ingestor.Bars;

namespace StratForge.Ingestor.Tests.Bars;

public sealed class BarSequenceTests
{
    private static readonly DateTimeOffset Noon = new(2013, 10, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_minute_after_the_last_bar_is_next()
    {
        var sequence = new BarSequence(Noon, 41);

        Assert.Equal(BarPlace.Next, sequence.PlaceOf(Noon.AddMinutes(1)));
        Assert.Equal(42, sequence.Append(Noon.AddMinutes(1)));
    }

    [Fact]
    public void A_bar_that_has_its_number_is_known()
    {
        var sequence = new BarSequence(Noon, 41);

        Assert.Equal(BarPlace.Known, sequence.PlaceOf(Noon));
        Assert.Equal(BarPlace.Known, sequence.PlaceOf(Noon.AddMinutes(-7)));
        Assert.Throws<InvalidOperationException>(() => sequence.Append(Noon));
    }

    [Fact]
    public void Minutes_nobody_asked_the_venue_about_are_a_gap_until_it_answered()
    {
        var sequence = new BarSequence(Noon, 41);
        Assert.Equal(BarPlace.AfterGap, sequence.PlaceOf(Noon.AddMinutes(4)));

        sequence.AskedThrough(Noon.AddMinutes(3));

        Assert.Equal(BarPlace.Next, sequence.PlaceOf(Noon.AddMinutes(4)));
        Assert.Equal(BarPlace.AfterGap, sequence.PlaceOf(Noon.AddMinutes(5)));
    }

    [Fact]
    public void Whatever_is_offered_in_whatever_order_numbers_rise_by_one_and_time_never_turns_back() =>
        Prop.ForAll(Gen.Choose(-5, 60).ListOf().ToArbitrary(), offered =>
        {
            var sequence = new BarSequence(Noon, 0);
            var numbered = new List<(DateTimeOffset At, long Seq)>();
            foreach (var at in offered.Select(minute => Noon.AddMinutes(minute)))
            {
                if (sequence.PlaceOf(at) == BarPlace.AfterGap)
                {
                    sequence.AskedThrough(at.AddMinutes(-1));
                }

                if (sequence.PlaceOf(at) == BarPlace.Next)
                {
                    numbered.Add((at, sequence.Append(at)));
                }
            }

            var highest = offered.Where(static minute => minute > 0).DefaultIfEmpty(0).Max();
            return numbered.Select(static bar => bar.Seq).SequenceEqual(Enumerable.Range(1, numbered.Count).Select(static n => (long)n))
                && numbered.Zip(numbered.Skip(1)).All(static pair => pair.First.At < pair.Second.At)
                && sequence.LastAt == Noon.AddMinutes(highest);
        }).QuickCheckThrowOnFailure();
}
