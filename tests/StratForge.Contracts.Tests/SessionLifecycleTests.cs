using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Tests;

public sealed class SessionLifecycleTests
{
    private static readonly SessionStatus[] All = Enum.GetValues<SessionStatus>();
    private static readonly SessionCommand[] Commands = Enum.GetValues<SessionCommand>();

    // As docs/sessions.md has it: from, and whatever may follow.
    private static readonly Dictionary<SessionStatus, SessionStatus[]> Table = new()
    {
        [SessionStatus.Starting] = [SessionStatus.Running, SessionStatus.Stopping, SessionStatus.Stopped, SessionStatus.Failed],
        [SessionStatus.Running] = [SessionStatus.Paused, SessionStatus.Stopping, SessionStatus.Failed, SessionStatus.Completed],
        [SessionStatus.Paused] = [SessionStatus.Running, SessionStatus.Stopping, SessionStatus.Failed],
        [SessionStatus.Stopping] = [SessionStatus.Stopped, SessionStatus.Failed],
    };

    [Fact]
    public void Every_pair_of_states_is_legal_exactly_where_the_table_says_so()
    {
        foreach (var from in All)
        {
            foreach (var to in All)
            {
                Assert.Equal(Table.TryGetValue(from, out var next) && next.Contains(to), SessionLifecycle.Allows(from, to));
            }
        }
    }

    [Fact]
    public void Whatever_an_owner_asks_for_in_whatever_order_only_legal_steps_are_taken_and_an_end_is_for_good() =>
        Prop.ForAll(
            Gen.Elements(Commands).ListOf().ToArbitrary(),
            commands =>
            {
                foreach (var start in All)
                {
                    var status = start;
                    foreach (var command in commands)
                    {
                        if (SessionLifecycle.Apply(command, status) is not SessionStep.To(var next))
                        {
                            continue;
                        }

                        if (!SessionLifecycle.Allows(status, next) || SessionLifecycle.IsFinal(status) || next == status)
                        {
                            return false;
                        }

                        status = next;
                    }
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Asking_twice_is_as_good_as_asking_once() =>
        Prop.ForAll(
            Gen.Elements(All).ToArbitrary(),
            Gen.Elements(Commands).ToArbitrary(),
            (status, command) => SessionLifecycle.Apply(command, status) is not SessionStep.To(var next)
                || SessionLifecycle.Apply(command, next) is SessionStep.Already).QuickCheckThrowOnFailure();

    [Fact]
    public void From_every_state_an_end_can_be_reached_and_every_state_is_reached_from_the_first()
    {
        foreach (var status in All)
        {
            Assert.Contains(Reachable(status), SessionLifecycle.IsFinal);
        }

        Assert.Equal(All.Order(), Reachable(SessionStatus.Starting).Order());
    }

    [Theory]
    [InlineData(SessionCommand.Pause, SessionStatus.Starting, "session-starting")]
    [InlineData(SessionCommand.Resume, SessionStatus.Starting, "session-starting")]
    [InlineData(SessionCommand.Pause, SessionStatus.Stopping, "session-stopping")]
    [InlineData(SessionCommand.Resume, SessionStatus.Failed, "session-ended")]
    [InlineData(SessionCommand.Pause, SessionStatus.Stopped, "session-ended")]
    public void What_is_not_possible_is_refused_with_a_code(SessionCommand command, SessionStatus status, string code) =>
        Assert.Equal(new SessionStep.Refused(code), SessionLifecycle.Apply(command, status));

    [Fact]
    public void States_and_policies_are_spelled_as_they_are_stored()
    {
        Assert.Equal("STOPPING", SessionLifecycle.Spell(SessionStatus.Stopping));
        foreach (var policy in Enum.GetValues<StopPolicy>())
        {
            Assert.Equal(policy, StopPolicies.Parse(StopPolicies.Spell(policy)));
        }

        Assert.Null(StopPolicies.Parse("sell"));
    }

    private static HashSet<SessionStatus> Reachable(SessionStatus from)
    {
        HashSet<SessionStatus> seen = [from];
        for (var before = 0; before != seen.Count;)
        {
            before = seen.Count;
            seen.UnionWith(seen.SelectMany(status => All.Where(next => SessionLifecycle.Allows(status, next))).ToArray());
        }

        return seen;
    }
}
