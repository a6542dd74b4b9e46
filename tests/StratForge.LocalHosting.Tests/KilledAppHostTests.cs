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

    public void Dispose()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }
}
