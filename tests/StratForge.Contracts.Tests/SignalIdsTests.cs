using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Tests;

public sealed class SignalIdsTests
{
    private static readonly Guid Session = Guid.Parse("01963b1f-0d5e-7c3a-9b5e-2f6a1c9d4e70");

    [Fact]
    public void The_same_event_gives_the_same_id_in_every_version_of_the_platform()
    {
        // Pinned: ids of signals already in people's databases must not change.
        var id = SignalIds.Derive(Session, SessionEventKind.Bar, 42, 0);

        Assert.Equal(Guid.Parse("d03c597b-31f2-8cc5-8ebb-5d4747575c3c"), id);
    }

    [Fact]
    public void An_id_says_that_it_was_derived_and_not_drawn() =>
        Assert.Equal(8, SignalIds.Derive(Session, SessionEventKind.Bar, 1, 0).Version);

    [Fact]
    public void Different_events_never_share_an_id() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(long Seq, int Ordinal)>(),
            ArbMap.Default.ArbFor<(long Seq, int Ordinal)>(),
            (one, other) => one == other
                || SignalIds.Derive(Session, SessionEventKind.Bar, one.Seq, one.Ordinal)
                    != SignalIds.Derive(Session, SessionEventKind.Bar, other.Seq, other.Ordinal))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_bar_and_an_order_of_the_same_number_are_different_events() =>
        Assert.NotEqual(
            SignalIds.Derive(Session, SessionEventKind.Bar, 7, 0),
            SignalIds.Derive(Session, SessionEventKind.Order, 7, 0));
}
