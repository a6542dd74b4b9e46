using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Hosts;

public sealed class CageCheckTests
{
    private const string Locked = "Name:\tdotnet\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\n";

    [Fact]
    public void A_host_that_is_locked_in_gets_the_code() =>
        Assert.Null(CageCheck.FindFault(Locked, Ready(("network", "denied"), ("files", "denied"))));

    [Theory]
    [InlineData("NoNewPrivs:\t1", "NoNewPrivs:\t0", "privileges")]
    [InlineData("Seccomp:\t2", "Seccomp:\t0", "not filtered")]
    [InlineData("Seccomp_filters:\t2", "Seccomp_filters:\t1", "second filter")]
    [InlineData("Seccomp_filters:\t2\n", "", "second filter")]
    [InlineData("CapEff:\t0000000000000000", "CapEff:\t0000000000000001", "capabilities")]
    [InlineData("CapEff:\t0000000000000000\n", "", "capabilities")]
    public void A_host_that_the_kernel_does_not_hold_gets_nothing(string holds, string instead, string why) =>
        Assert.Contains(
            why,
            CageCheck.FindFault(Locked.Replace(holds, instead, StringComparison.Ordinal), Ready(("network", "denied"))),
            StringComparison.Ordinal);

    [Fact]
    public void A_host_whose_probe_got_through_gets_nothing() =>
        Assert.Contains("probe network", CageCheck.FindFault(Locked, Ready(("files", "denied"), ("network", "connected"))), StringComparison.Ordinal);

    [Fact]
    public void A_host_that_tried_nothing_gets_nothing() =>
        Assert.Contains("did not try", CageCheck.FindFault(Locked, Ready()), StringComparison.Ordinal);

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    [InlineData(null)]
    public void A_host_without_a_cage_gets_nothing(string? cage) =>
        Assert.Equal("it is not caged", CageCheck.FindFault(Locked, Ready(("network", "denied")) with { Cage = cage }));

    [Fact]
    public void A_host_of_another_version_gets_nothing() =>
        Assert.Contains(
            "protocol 99",
            CageCheck.FindFault(Locked, Ready(("network", "denied")) with { Protocol = 99 }),
            StringComparison.Ordinal);

    private static ReadyFrame Ready(params (string Name, string Outcome)[] probes) => new(
        HostProtocol.Version, "dotnet", probes.ToDictionary(probe => probe.Name, probe => probe.Outcome, StringComparer.Ordinal), "full");
}
