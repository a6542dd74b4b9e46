using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratForge.LocalHosting.Tests;

public sealed class StartOrderTests
{
    [Fact]
    public async Task A_resource_starts_when_what_it_waits_for_has_ended_well()
    {
        await using var app = new ShellApp();
        var first = app.Add("first", "sleep 0.3; echo first >> $DIARY");
        app.Add("second", "echo second >> $DIARY").WaitForCompletion(first);

        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Finished, Patience.Token());

        Assert.Equal(["first", "second"], app.Diary);
    }

    [Fact]
    public async Task It_fails_to_start_and_says_why_when_that_ended_badly()
    {
        await using var app = new ShellApp();
        var first = app.Add("first", "exit 7");
        app.Add("second", "echo second >> $DIARY").WaitForCompletion(first);

        await app.StartAsync();
        var failed = await app.App.ResourceNotifications.WaitForResourceAsync("second", change => change.Snapshot.IsTerminal, Patience.Token());

        Assert.Equal(KnownResourceStates.FailedToStart, failed.Snapshot.State?.Text);
        Assert.Contains("exit code 7", failed.Snapshot.Failure, StringComparison.Ordinal);
        Assert.Empty(app.Diary);
    }

    [Fact]
    public async Task The_failure_goes_on_to_whoever_waits_for_the_one_that_failed()
    {
        await using var app = new ShellApp();
        var first = app.Add("first", "exit 7");
        var second = app.Add("second", "true").WaitForCompletion(first);
        app.Add("third", "true").WaitFor(second);

        await app.StartAsync();
        var reached = await app.App.ResourceNotifications.WaitForResourceAsync("third", KnownResourceStates.TerminalStates, Patience.Token());

        Assert.Equal(KnownResourceStates.FailedToStart, reached);
    }

    [Fact]
    public async Task A_start_is_waited_for_without_health_and_health_is_what_a_registered_check_says()
    {
        await using var app = new ShellApp();
        var well = false;
        app.Builder.Services.AddHealthChecks().AddCheck("mood", () => well ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("sulking"));
        var first = app.AddLiving("first").WithHealthCheck("mood");
        app.Add("second", "true").WaitForStart(first);
        app.Add("third", "true").WaitFor(first);

        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Finished, Patience.Token());
        await app.App.ResourceNotifications.WaitForResourceAsync(
            "first", change => change.Snapshot.HealthReports.Any(report => report is { Name: "mood", Description: "sulking" }), Patience.Token());
        Assert.Equal(KnownResourceStates.Waiting, app.Now("third").State?.Text);

        well = true;
        await app.App.ResourceNotifications.WaitForResourceAsync("third", KnownResourceStates.Finished, Patience.Token());
    }

    [Fact]
    public async Task A_waiter_gives_up_with_the_other_or_waits_for_its_return_as_it_was_told()
    {
        await using var app = new ShellApp();
        var well = false;
        app.Builder.Services.AddHealthChecks().AddCheck("mood", () => well ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        var first = app.Add("first", "test -e $DIARY && exec sleep 600; echo tried >> $DIARY; exit 7").WithHealthCheck("mood");
        var ghost = app.Builder.AddExecutable("ghost", "no-such-program", ".");
        app.Add("impatient", "true").WaitFor(first, WaitBehavior.StopOnResourceUnavailable);
        app.Add("hasty", "true").WaitForStart(ghost, WaitBehavior.StopOnResourceUnavailable);
        app.Add("patient", "echo at last >> $DIARY").WaitFor(first, WaitBehavior.WaitOnResourceUnavailable);

        await app.StartAsync();
        foreach (var name in (string[])["impatient", "hasty"])
        {
            Assert.Equal(
                KnownResourceStates.FailedToStart,
                await app.App.ResourceNotifications.WaitForResourceAsync(name, KnownResourceStates.TerminalStates, Patience.Token()));
        }

        Assert.Equal(KnownResourceStates.Waiting, app.Now("patient").State?.Text);

        well = true;
        Assert.True((await app.App.ResourceCommands.ExecuteCommandAsync(first.Resource, KnownResourceCommands.StartCommand)).Success);
        await app.App.ResourceNotifications.WaitForResourceAsync("patient", KnownResourceStates.Finished, Patience.Token());
        Assert.Equal(["tried", "at last"], app.Diary);
    }

    [Fact]
    public async Task Health_is_asked_for_at_the_endpoint_that_was_chosen()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var service = builder.AddProject<Projects.StratForge_SampleService>("service");
        service.WithHttpHealthCheck(() => service.GetEndpoint("http"), "/health");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        var healthy = await app.ResourceNotifications.WaitForResourceHealthyAsync("service", Patience.Token());

        Assert.Equal("service_http_/health_200_check", Assert.Single(healthy.Snapshot.HealthReports).Name);
    }

    [Fact]
    public async Task An_explicit_start_waits_for_the_command()
    {
        await using var app = new ShellApp();
        app.Add("tool", "echo used >> $DIARY").WithExplicitStart();

        await app.StartAsync();
        Assert.Equal(KnownResourceStates.NotStarted, app.Now("tool").State?.Text);

        Assert.True((await app.App.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StartCommand)).Success);
        await app.App.ResourceNotifications.WaitForResourceAsync("tool", KnownResourceStates.Finished, Patience.Token());
        Assert.Equal(["used"], app.Diary);
    }

    [Fact]
    public async Task A_program_that_is_not_there_fails_by_name()
    {
        await using var app = new ShellApp();
        app.Builder.AddExecutable("ghost", "no-such-program", ".");

        await app.StartAsync();
        var failed = await app.App.ResourceNotifications.WaitForResourceAsync("ghost", change => change.Snapshot.IsTerminal, Patience.Token());

        Assert.Contains("no-such-program", failed.Snapshot.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_waits_for_themselves_and_names_are_unique()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var one = builder.AddExecutable("one", "true", ".");

        Assert.Throws<DistributedApplicationException>(() => one.WaitFor(one));
        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("ONE", "true", "."));
        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("two--three", "true", "."));
    }
}
