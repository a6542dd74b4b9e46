using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Tests.Sandbox;

/// <summary>The cage as the worker sees it from outside.</summary>
public sealed class CageTests
{
    [Theory]
    [InlineData("csharp", "dotnet")]
    [InlineData("python", "python")]
    [InlineData("compile", "dotnet")]
    public async Task A_host_is_locked_in_before_it_says_that_it_is_ready(string kind, string runtime)
    {
        await using var host = await HostProcess.StartAsync(kind);

        var ready = await host.ReadAsync();

        Assert.Equal(("ready", 1, runtime), ((string?)ready["type"], (int)ready["protocol"]!, (string?)ready["runtime"]));
        Assert.Equal("full", (string?)ready["cage"]);
        Assert.Equal(8, ready["probes"]!.AsObject().Count);
        Assert.All(ready["probes"]!.AsObject(), probe => Assert.Equal("denied", (string?)probe.Value));

        var status = (await File.ReadAllLinesAsync($"/proc/{host.Id}/status"))
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
        Assert.InRange(int.Parse(status["Seccomp_filters"], System.Globalization.CultureInfo.InvariantCulture), 2, 10);
        Assert.All((string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], set =>
            Assert.True(set == "CapBnd" && !Environment.IsPrivilegedProcess || status[set].Trim('0').Length == 0, $"{set} is {status[set]}"));

        var environment = await File.ReadAllTextAsync($"/proc/{host.Id}/environ");
        Assert.DoesNotContain("SECRET", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_was_not_launched_refuses_to_work()
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "StratForge.StrategyHost.dll"), "run"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        var said = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("SANDBOX_UNAVAILABLE", said, StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Equal(4, process.ExitCode);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task Where_no_cage_can_be_built_no_host_starts(string kind)
    {
        await using var host = await HostProcess.StartAsync(kind, ("STRATFORGE_CAGE_SECCOMP", "0"));

        var error = await host.ReadAsync();

        Assert.Equal("SANDBOX_UNAVAILABLE", (string?)error["code"]);
        Assert.Contains("does not filter system calls", (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal(4, (await host.ExitAsync()).Code);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task Where_no_cage_can_be_built_the_switch_starts_hosts_that_say_so(string kind)
    {
        await using var host = await HostProcess.StartAsync(kind, ("STRATFORGE_UNSAFE_NO_SANDBOX", "1"), ("STRATFORGE_CAGE_SECCOMP", "0"));

        var ready = await host.ReadAsync();

        Assert.Equal("none", (string?)ready["cage"]);
        Assert.Empty(ready["probes"]!.AsObject());
        host.CloseInput();
        Assert.Contains("NO CAGE", (await host.ExitAsync()).Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task The_switch_takes_no_cage_away_that_can_be_built(string kind)
    {
        await using var host = await HostProcess.StartAsync(kind, ("STRATFORGE_UNSAFE_NO_SANDBOX", "1"));

        var ready = await host.ReadAsync();

        Assert.Equal("full", (string?)ready["cage"]);
        Assert.Equal(8, ready["probes"]!.AsObject().Count);
    }

    [Theory]
    [InlineData("perl", "STRATFORGE_HOST_UID", "", "not a kind of host")]
    [InlineData("python", "STRATFORGE_PYTHON", "/nowhere/python3", "There is no Python")]
    [InlineData("python", "STRATFORGE_PYTHON_PATH", "/nowhere", "no stratforge package")]
    [InlineData("csharp", "STRATFORGE_HOST_HEAP_MB", "lots", "not a number of megabytes")]
    [InlineData("csharp", "STRATFORGE_CAGE_LANDLOCK", "-1", "not a whole number")]
    public async Task What_is_missing_is_said_in_the_first_frame(string kind, string name, string value, string complaint)
    {
        await using var host = await HostProcess.StartAsync(kind, (name, value));

        var error = await host.ReadAsync();

        Assert.Equal("SANDBOX_UNAVAILABLE", (string?)error["code"]);
        Assert.Contains(complaint, (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal(4, (await host.ExitAsync()).Code);
    }

    [Fact]
    public void Root_gives_way_to_a_user_of_no_one_where_that_user_can_read_what_it_needs()
    {
        var open = SandboxUser.For([new PathRule("/usr/bin", Landlock.ReadFile), new PathRule("/proc/self/maps", Landlock.ReadFile)]);

        Assert.Equal(Environment.IsPrivilegedProcess, open is > 0);
    }
}
