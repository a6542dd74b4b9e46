using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Hosts;

public sealed class RestartPolicyTests
{
    private static readonly HostLimits Limits = new();

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(1, 5.0)]
    [InlineData(2, 30.0)]
    [InlineData(3, null)]
    public void A_host_that_crashes_again_and_again_is_started_ever_later_and_then_not_any_more(int restarts, double? seconds) =>
        Assert.Equal(
            seconds is { } value ? TimeSpan.FromSeconds(value) : null,
            RestartPolicy.Pause(new HostFailure(HostFailure.Crashed, ""), hasWorked: true, restarts, Limits));

    [Fact]
    public void One_that_crashes_before_it_worked_is_not_started_again() =>
        Assert.Null(RestartPolicy.Pause(new HostFailure(HostFailure.Crashed, ""), hasWorked: false, 0, Limits));

    [Theory]
    [InlineData(HostFailure.EventTimeout)]
    [InlineData(HostFailure.MemoryLimit)]
    [InlineData(HostFailure.ForbiddenSyscall)]
    [InlineData(HostFailure.StrategyError)]
    [InlineData(HostFailure.ProtocolError)]
    public void One_that_broke_a_limit_is_not_started_again(string code) =>
        Assert.Null(RestartPolicy.Pause(new HostFailure(code, ""), hasWorked: true, 0, Limits));
}
