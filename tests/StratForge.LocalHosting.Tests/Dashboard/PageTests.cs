using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace StratForge.LocalHosting.Tests.Dashboard;

public sealed class PageTests
{
    [Fact]
    public async Task The_page_shows_states_and_logs_obeys_its_own_buttons_and_nobody_elses()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        builder.AddExecutable("teller", "sh", ".", "-c", "echo once upon a time");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("teller", KnownResourceStates.Finished, Patience.Token());
        using var http = app.CreateDashboardClient();

        var listed = await http.GetFromJsonAsync<JsonElement>("/api/resources");
        var logs = await http.GetFromJsonAsync<JsonElement>("/api/logs/teller");
        var page = await http.GetStringAsync("/");

        Assert.Equal(("teller", "Finished", 0), (
            listed.GetProperty("resources")[0].GetProperty("id").GetString(),
            listed.GetProperty("resources")[0].GetProperty("state").GetString(),
            listed.GetProperty("resources")[0].GetProperty("exitCode").GetInt32()));
        Assert.Equal("once upon a time", logs.GetProperty("lines")[0].GetProperty("text").GetString());
        Assert.Contains("<title>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/logs/nobody")).StatusCode);

        using var foreign = await http.PostAsync("/api/resources/teller/resource-start", null);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        using var own = new HttpRequestMessage(HttpMethod.Post, "/api/resources/teller/resource-start") { Headers = { { "X-Requested-By", "page" } } };
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(own)).StatusCode);
        using var misnamed = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { Host = "elsewhere.example" } };
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await http.SendAsync(misnamed)).StatusCode);
    }

    [Fact]
    public async Task The_logs_come_as_a_stream_while_they_are_written()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        builder.AddExecutable("teller", "sh", ".", "-c", "while :; do echo tick; sleep 0.05; done");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var http = app.CreateDashboardClient();
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");

        await using var stream = await http.GetStreamAsync("/api/logs/teller", Patience.Token());
        using var lines = new StreamReader(stream);
        var ticks = 0;
        while (ticks < 3)
        {
            ticks += (await lines.ReadLineAsync(Patience.Token()))!.Contains("tick", StringComparison.Ordinal) ? 1 : 0;
        }
    }
}
