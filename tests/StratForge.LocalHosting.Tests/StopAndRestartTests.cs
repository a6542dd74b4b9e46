using System.Diagnostics;

namespace StratForge.LocalHosting.Tests;

public sealed class StopAndRestartTests
{
    [Fact]
    public async Task Whoever_depends_on_others_is_asked_to_end_before_them()
    {
        await using var app = new ShellApp();
        var store = app.AddLiving("store");
        var service = app.AddLiving("service").WaitFor(store);
        app.AddLiving("door").WaitFor(service);
        await app.StartAsync();
        await Patience.UntilAsync(() => app.Diary.Length == 3, "all three began");

        await app.App.StopAsync();

        Assert.Equal(["end door", "end service", "end store"], app.Diary[3..]);
    }

    [Fact]
    public async Task A_relation_is_enough_to_be_asked_first()
    {
        await using var app = new ShellApp();
        var store = app.AddLiving("store");
        var service = app.AddLiving("service").WithReferenceRelationship(store.Resource);
        app.AddLiving("tool").WithParentRelationship(service);
        await app.StartAsync();
        await Patience.UntilAsync(() => app.Diary.Length == 3, "all three began");

        await app.App.StopAsync();

        Assert.Equal(["end tool", "end service", "end store"], app.Diary[3..]);
    }

    [Fact]
    public async Task A_crash_is_seen_with_its_exit_code_and_nothing_restarts_by_itself()
    {
        await using var app = new ShellApp();
        app.Add("fragile", "echo start >> $DIARY; echo something broke >&2; exit 42");
        await app.StartAsync();
        var ended = await app.App.ResourceNotifications.WaitForResourceAsync("fragile", change => change.Snapshot.IsTerminal, Patience.Token());

        Assert.Equal((KnownResourceStates.Exited, 42), (ended.Snapshot.State?.Text, ended.Snapshot.ExitCode));
        await foreach (var lines in app.App.Services.GetLog("fragile"))
        {
            Assert.Contains(lines, line => line is { Content: "something broke", IsErrorMessage: true });
            break;
        }

        Assert.Equal(["start"], app.Diary);
        Assert.Equal(1, app.Now("fragile").Starts);
    }

    [Fact]
    public async Task A_restart_is_a_new_process_and_counted()
    {
        await using var app = new ShellApp();
        app.AddLiving("service");
        await app.StartAsync();
        await Patience.UntilAsync(() => app.Diary.Length == 1, "it began");
        var before = app.Now("service").ProcessId;

        var restarted = await app.App.ResourceCommands.ExecuteCommandAsync("service", KnownResourceCommands.RestartCommand);
        await Patience.UntilAsync(() => app.Diary.Length == 3, "it began again");

        Assert.True(restarted.Success, restarted.ErrorMessage);
        Assert.Equal(["begin service", "end service", "begin service"], app.Diary);
        Assert.Equal(2, app.Now("service").Starts);
        Assert.NotEqual(before, app.Now("service").ProcessId);
    }

    [Fact]
    public async Task A_kill_gives_no_time_for_last_words_and_a_start_brings_it_back()
    {
        await using var app = new ShellApp();
        app.AddLiving("service");
        await app.StartAsync();
        await Patience.UntilAsync(() => app.Diary.Length == 1, "it began");

        Assert.True((await app.App.ResourceCommands.ExecuteCommandAsync("service", KnownResourceCommands.KillCommand)).Success);
        Assert.Equal((KnownResourceStates.Exited, 137), (app.Now("service").State?.Text, app.Now("service").ExitCode));

        Assert.True((await app.App.ResourceCommands.ExecuteCommandAsync("service", KnownResourceCommands.StartCommand)).Success);
        await Patience.UntilAsync(() => app.Diary.Length == 2, "it began again");
        Assert.Equal(["begin service", "begin service"], app.Diary);
    }

    [Fact]
    public async Task Stopping_takes_along_what_left_the_process_group()
    {
        await using var app = new ShellApp();
        app.Add("parent", "setsid sleep 600 & echo $! >> $DIARY; wait");
        await app.StartAsync();
        await Patience.UntilAsync(() => app.Diary.Length == 1, "the grandchild began");
        var grandchild = int.Parse(app.Diary[0]);
        Assert.True(IsAlive(grandchild));

        await app.App.StopAsync();

        await Patience.UntilAsync(() => !IsAlive(grandchild), "the grandchild is gone");
    }

    [Fact]
    public async Task A_command_nobody_can_follow_is_refused_with_a_reason()
    {
        await using var app = new ShellApp();
        app.Add("done", "true");
        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("done", KnownResourceStates.Finished, Patience.Token());

        Assert.Contains("not running", (await app.App.ResourceCommands.ExecuteCommandAsync("done", KnownResourceCommands.KillCommand)).ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("no resource", (await app.App.ResourceCommands.ExecuteCommandAsync("nobody", KnownResourceCommands.KillCommand)).ErrorMessage, StringComparison.Ordinal);
    }

    // A zombie has ended; whoever adopted it just has not looked yet.
    internal static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}

internal static class LogReading
{
    public static IAsyncEnumerable<IReadOnlyList<LogLine>> GetLog(this IServiceProvider services, string resource) =>
        ((ResourceLoggerService)services.GetService(typeof(ResourceLoggerService))!).GetAllAsync(resource);
}
