using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class ChunkSizeTests
{
    [Theory]
    [InlineData(0.05, 200)]
    [InlineData(1, 100)]
    [InlineData(30, 3)]
    [InlineData(900, 1)]
    public void A_chunk_settles_at_a_tenth_of_what_one_event_may_take(double millisecondsPerBar, int bars)
    {
        var size = new ChunkSize();
        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(size.Next, 1, 200);
            size.Took(size.Next, TimeSpan.FromMilliseconds(size.Next * millisecondsPerBar));
        }

        Assert.Equal(bars, size.Next);
    }
}
