using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class FairShareTests
{
    [Theory]
    [InlineData(200, 1_000, 1_000, 200)]
    [InlineData(200, 1_000, 2_000, 100)]
    [InlineData(201, 1_000, 2_000, 101)]
    [InlineData(7, 1_000, 3_000, 3)]
    [InlineData(1, 1_000, 3_000, 1)]
    [InlineData(0, 1_000, 3_000, 0)]
    [InlineData(5_000, 1_000, 2_000, 1_000)]
    [InlineData(300, 500, 1_500, 100)]
    public void A_workers_part_is_its_share_of_the_capacity_rounded_up_and_never_more_than_it_can_run(
        long sessions, int capacity, long total, int most) => Assert.Equal(most, new FairShare(sessions, capacity, total).Most);

    [Fact]
    public void The_parts_of_all_workers_hold_every_session_that_fits_and_nobody_has_to_give_what_nobody_may_take()
    {
        var random = new Random(24);
        for (var round = 0; round < 2_000; round++)
        {
            var capacities = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 2_000)).ToArray();
            var total = capacities.Sum();
            var sessions = random.Next(0, total + 1);
            var parts = capacities.Select(capacity => new FairShare(sessions, capacity, total)).ToArray();

            Assert.True(parts.Sum(part => part.Most) >= sessions, $"round {round}: {sessions} sessions, parts of {string.Join(' ', parts.Select(part => part.Most))}");
            Assert.All(parts, part => Assert.True(part.Room(part.Most) == 0 && part.Excess(part.Most) == 0 && part.Excess(part.Most + 3) == 3));
            if (capacities.Distinct().Count() == 1)
            {
                Assert.All(parts, part => Assert.True(part.Most - (sessions / capacities.Length) is 0 or 1));
            }
        }
    }
}
