using StratForge.Gateway.Alerts;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Alerts;

public sealed class PeaksTests
{
    private static readonly Guid s_account = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);

    private readonly ManualClock _clock = new();
    private readonly Peaks _peaks;

    public PeaksTests()
    {
        _peaks = new Peaks(_clock);
        Look();
        _peaks.Note(s_account, null, 100);
    }

    [Fact]
    public void A_peak_is_known_from_one_look_to_the_next()
    {
        Look();

        Assert.Equal(100, _peaks.Find(s_account, null));
        _peaks.Note(s_account, null, 120);
        Assert.Equal(120, _peaks.Find(s_account, null));
    }

    [Fact]
    public void A_look_that_did_not_want_it_forgets_it()
    {
        Look();
        Look();

        Assert.Null(_peaks.Find(s_account, null));
    }

    [Fact]
    public void Who_has_not_looked_for_a_while_knows_nothing()
    {
        _clock.Advance(TimeSpan.FromSeconds(30));
        Look();

        Assert.Null(_peaks.Find(s_account, null));
    }

    [Fact]
    public void What_came_before_an_account_began_anew_counts_no_more()
    {
        Look();

        Assert.Null(_peaks.Find(s_account, _clock.GetUtcNow()));
    }

    private void Look()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        _peaks.Begin();
    }
}
