using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace StratForge.LocalHosting.Tests;

[Collection(AppHostProcess.OneAtATime)]
public sealed partial class RunModeTests
{
    [Fact]
    public async Task Killing_the_AppHost_leaves_no_process_and_no_temporary_data()
    {
        await using var host = AppHostProcess.Start("--ephemeral");
        await host.UntilItSaysAsync("Press Ctrl+C to stop everything");
        using var http = new HttpClient { BaseAddress = new Uri(Front().Match(host.Output).Groups["url"].Value) };
        var grandchild = await (await http.PostAsync("/grandchild", null)).Content.ReadFromJsonAsync<int>();
        var (postgres, redis) = await host.ServersAsync();
        int[] family = [.. host.Family(), postgres, redis];
        var folder = TemporaryFolder().Match(host.Output).Value;
        Assert.Contains(grandchild, family);
        Assert.True(family.Distinct().Count() >= 6, $"Two servers, three services and a grandchild at least: {string.Join(", ", family)}");
        Assert.True(Directory.Exists(folder), folder);

        host.Signal("KILL");
        await host.ExitCodeAsync();

        await Patience.UntilAsync(() => family.All(id => !StopAndRestartTests.IsAlive(id)), "all of the family are gone");
        await Patience.UntilAsync(() => !Directory.Exists(folder), "the data is gone");
    }

    // As a backend of Postgres that outlives its postmaster: nothing but its working directory shows where it belongs.
    [Theory]
    [InlineData("KILL", 137)]
    [InlineData("INT", 0)]
    public async Task Temporary_data_goes_also_while_a_process_nobody_knows_of_goes_on_writing_there(string signal, int exitCode)
    {
        await using var host = AppHostProcess.Start("--ephemeral");
        await host.UntilItSaysAsync("Press Ctrl+C to stop everything");
        var folder = TemporaryFolder().Match(host.Output).Value;
        using var writer = StubbornWriter.Start(Path.Combine(folder, "volumes"));
        await Patience.UntilAsync(() => writer.HasWritten, "it writes");

        host.Signal(signal);

        Assert.Equal(exitCode, await host.ExitCodeAsync());
        await Patience.UntilAsync(() => !Directory.Exists(folder), "the data is gone");
        await writer.EndAsync();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_stops_everything_orderly(string signal)
    {
        await using var host = AppHostProcess.Start("--ephemeral");
        await host.UntilItSaysAsync("Press Ctrl+C to stop everything");
        var (postgres, redis) = await host.ServersAsync();
        int[] family = [.. host.Family(), postgres, redis];
        Assert.All(family, id => Assert.True(StopAndRestartTests.IsAlive(id)));

        host.Signal(signal);

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.All(family, id => Assert.False(StopAndRestartTests.IsAlive(id)));
        Assert.Contains("Stopped.", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_not_be_started_is_said_in_one_sentence_and_the_exit_code()
    {
        await using var host = AppHostProcess.Start("--operation", "fly");

        Assert.Equal(1, await host.ExitCodeAsync());
        Assert.Equal("--operation is 'run' or 'publish', not 'fly'.", host.Output.Trim());
    }

    [GeneratedRegex(@"Open (?<url>http://localhost:\d+) \(front\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Front();

    [GeneratedRegex(@"/tmp/stratforge-[0-9a-f]{10}", RegexOptions.None, 1000)]
    private static partial Regex TemporaryFolder();
}
