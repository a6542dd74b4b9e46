using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratForge.LocalHosting.Tests;

public sealed class LifeEventTests
{
    [Fact]
    public async Task A_resource_tells_its_life_in_order()
    {
        var told = new ConcurrentQueue<string>();
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddRedis("redis")
            .OnResourceStopped((_, stopped, _) => Tell($"stopped, {stopped.ResourceEvent.Snapshot.State?.Text}"))
            .OnResourceReady((_, _, _) => Tell("ready"))
            .OnBeforeResourceStarted((_, _, _) => Tell("before its start"))
            .OnConnectionStringAvailable(async (redis, _, cancellationToken) => await Tell($"at {await redis.ConnectionStringExpression.GetValueAsync(cancellationToken)}"))
            .OnResourceEndpointsAllocated((redis, _, _) => Tell($"on {redis.PrimaryEndpoint.Port}"))
            .OnInitializeResource((redis, _, _) => Tell($"initialised, {redis.Name}"));
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("redis", Patience.Token());
        await app.ResourceCommands.ExecuteCommandAsync("redis", KnownResourceCommands.KillCommand);

        var redis = (RedisResource)builder.Resources.Single(resource => resource is RedisResource);
        Assert.Equal(
            [
                "initialised, redis", $"on {redis.PrimaryEndpoint.Port}", $"at {await app.GetConnectionStringAsync("redis")}", "before its start", "ready",
                "stopped, Exited",
            ],
            told);

        Task Tell(string what)
        {
            told.Enqueue(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Who_waits_is_held_until_those_who_asked_to_be_told_are_done()
    {
        await using var app = new ShellApp();
        var first = app.AddLiving("first");
        first.OnResourceReady(async (_, _, cancellationToken) =>
        {
            await Patience.UntilAsync(() => app.Diary.Length == 1, "it began");
            await File.AppendAllTextAsync(app.DiaryFile, "told\n", cancellationToken);
        });
        app.Add("second", "echo second >> $DIARY").WaitFor(first);

        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Finished, Patience.Token());

        Assert.Equal(["begin first", "told", "second"], app.Diary);
    }

    [Fact]
    public async Task A_description_adds_states_and_lines_of_its_own()
    {
        await using var app = new ShellApp();
        var tool = app.Add("tool", "true").WithExplicitStart().Resource;
        await app.StartAsync();
        var logs = app.App.Services.GetRequiredService<ResourceLoggerService>();

        logs.GetLogger(tool).Log(LogLevel.Information, default, "one\ntwo", null, (text, _) => text);
        logs.GetLogger("tool").Log(LogLevel.Error, default, "three", null, (text, _) => text);
        await app.App.ResourceNotifications.PublishUpdateAsync(tool, snapshot => snapshot with { State = "Sharpening" });

        await app.App.ResourceNotifications.WaitForResourceAsync("tool", "Sharpening", Patience.Token());
        await foreach (var lines in logs.WatchAsync(tool).WithCancellation(Patience.Token()))
        {
            Assert.Equal([(1, "one", false), (2, "two", false), (3, "three", true)], lines.Select(line => (line.LineNumber, line.Content, line.IsErrorMessage)));
            break;
        }
    }

    [Fact]
    public async Task Who_unsubscribes_is_not_told()
    {
        await using var app = new ShellApp();
        var told = new ConcurrentQueue<string>();
        var gone = app.Builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((_, _) => Tell("gone"));
        app.Builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((created, _) => Tell($"{created.Model.Resources.Count} here"));
        app.Add("one", "true");
        app.Builder.Eventing.Unsubscribe(gone);

        await app.StartAsync();

        Assert.Equal(["1 here"], told);

        Task Tell(string what)
        {
            told.Enqueue(what);
            return Task.CompletedTask;
        }
    }
}
