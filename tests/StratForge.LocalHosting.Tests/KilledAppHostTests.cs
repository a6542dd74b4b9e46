namespace StratForge.LocalHosting.Tests;

/// <summary>What becomes of kept data and of those who work on it when the AppHost is killed.</summary>
[Collection(AppHostProcess.OneAtATime)]
public sealed class KilledAppHostTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("killed-").FullName;

    [Fact]
    public async Task Servers_that_can_not_write_their_data_any_more_end_too()
    {
        await using var host = AppHostProcess.Start($"--STRATFORGE_DATA={_data}");
        await host.UntilItSaysAsync("Press Ctrl+C to stop everything");
        var (postgres, redis) = await host.ServersAsync();
        Directory.Delete(_data, recursive: true);

        host.Signal("KILL");
        await host.ExitCodeAsync();

        await Patience.UntilAsync(() => !StopAndRestartTests.IsAlive(postgres), "Postgres is gone");
        await Patience.UntilAsync(() => !StopAndRestartTests.IsAlive(redis), "Redis, which refuses to end without having saved, is gone");
    }

    // Stopped processes stand for a disk that is slow: they don't answer to being asked to end, and one of Postgres' own holds on to its memory.
    [Fact]
    public async Task The_next_start_waits_for_servers_that_are_still_ending()
    {
        int[] slow;
        await using (var killed = AppHostProcess.Start($"--STRATFORGE_DATA={_data}"))
        {
            await killed.UntilItSaysAsync("Press Ctrl+C to stop everything");
            var (postgres, _) = await killed.ServersAsync();
            slow = [postgres, .. Children(postgres)];
            Assert.True(slow.Length > 1);
            AppHostProcess.Signal("STOP", slow);
            killed.Signal("KILL");
            await killed.ExitCodeAsync();

            await using var next = AppHostProcess.Start($"--STRATFORGE_DATA={_data}");
            await next.UntilItSaysAsync("Press Ctrl+C to stop everything");

            Assert.Contains($"Waiting for the last run with the data in {_data}", next.Output, StringComparison.Ordinal);
            Assert.True(next.Output.Contains("Everything is up", StringComparison.Ordinal), next.Output);
            Assert.All(slow, id => Assert.False(StopAndRestartTests.IsAlive(id)));
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private static int[] Children(int process) =>
        [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
