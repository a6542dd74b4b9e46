using FsCheck;
using FsCheck.Fluent;
using StratForge.Gateway.Alerts;

namespace StratForge.Gateway.Tests.Alerts;

public sealed class ThresholdTests
{
    private const decimal Level = 100;

    private static Arbitrary<int[]> Values => Gen.Choose(80, 120).ArrayOf().ToArbitrary();

    private static Arbitrary<int> Hystereses => Gen.Choose(0, 8).ToArbitrary();

    [Theory]
    [InlineData(Direction.Above, new[] { 99, 100, 101, 99, 101 }, new[] { false, true, false, false, false })]
    [InlineData(Direction.Above, new[] { 99, 100, 98, 100 }, new[] { false, true, false, true })]
    [InlineData(Direction.Above, new[] { 105, 120, 98, 100 }, new[] { false, false, false, true })]
    [InlineData(Direction.Below, new[] { 101, 100, 101, 100, 102, 99 }, new[] { false, true, false, false, false, true })]
    [InlineData(Direction.Either, new[] { 100, 99, 98, 101, 102, 98 }, new[] { false, false, true, false, true, true })]
    internal void A_crossing_fires_and_a_value_that_trembles_around_the_level_does_not(Direction direction, int[] values, bool[] fires) =>
        Assert.Equal(fires, Fires(new Threshold(direction, Level, 2), values));

    [Fact]
    public void Between_two_firings_the_value_came_all_the_way_back() =>
        Prop.ForAll(Values, Hystereses, (values, hysteresis) =>
        {
            var fired = Fires(new Threshold(Direction.Above, Level, hysteresis), values);
            var places = Enumerable.Range(0, values.Length).Where(place => fired[place]).ToArray();
            return places.All(place => values[place] >= Level)
                && places.Zip(places.Skip(1)).All(pair => values[pair.First..pair.Second].Any(value => hysteresis == 0 ? value < Level : value <= Level - hysteresis));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_that_goes_from_far_below_to_far_above_always_fires_once() =>
        Prop.ForAll(Values, Hystereses, (values, hysteresis) =>
        {
            int[] all = [.. values, 50, 150];
            return Fires(new Threshold(Direction.Above, Level, hysteresis), all)[^1]
                && Fires(new Threshold(Direction.Either, Level, hysteresis), all)[^1];
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Below_is_above_in_a_mirror() =>
        Prop.ForAll(Values, Hystereses, (values, hysteresis) =>
            Fires(new Threshold(Direction.Below, Level, hysteresis), values)
                .SequenceEqual(Fires(new Threshold(Direction.Above, -Level, hysteresis), [.. values.Select(value => -value)])))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Whoever_takes_over_with_the_side_that_was_noted_fires_as_the_first_would_have() =>
        Prop.ForAll(Values, Hystereses, Gen.Choose(0, 1000).ToArbitrary(), (values, hysteresis, permille) =>
        {
            var threshold = new Threshold(Direction.Above, Level, hysteresis);
            var at = values.Length * permille / 1000;
            var side = values.Take(at).Aggregate(0, (before, value) => threshold.Look(before, value).Side);
            return Fires(threshold, values).Skip(at).SequenceEqual(Fires(threshold, values[at..], side));
        }).QuickCheckThrowOnFailure();

    private static bool[] Fires(Threshold threshold, int[] values, int side = 0) =>
    [
        .. values.Select(value =>
        {
            (side, var fires) = threshold.Look(side, value);
            return fires;
        }),
    ];
}
