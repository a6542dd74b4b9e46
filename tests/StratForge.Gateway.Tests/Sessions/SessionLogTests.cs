using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Sessions;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

[Collection(OneGateway.Name)]
public sealed class SessionLogTests(GatewayFixture fixture)
{
    private FreshDatabase Database => fixture.Database;

    [Fact]
    public async Task Whoever_follows_a_log_gets_what_is_there_what_comes_and_the_end()
    {
        var (user, session) = await ASessionAsync();
        await LogAsync(session, "info", "one", "two", "three");

        using var response = await user.Http.GetAsync($"/sessions/{session}/logs?follow=true&limit=2", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(body);
        var first = await NextAsync(reader);
        Assert.Equal("two", first.Message);
        Assert.Equal("three", (await NextAsync(reader)).Message);
        await LogAsync(session, "error", "red\u001b[31m");
        var late = await NextAsync(reader);
        await user.PostForAsync($"/sessions/{session}/stop");
        var end = await NextAsync(reader);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("red\u001b[31m", late.Message);
        Assert.Contains("\\u001b", late.Raw, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(("end", "STOPPED"), (end.Name, end.Data.GetProperty("status").GetString()));
        Assert.Null(await reader.ReadLineAsync());

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/sessions/{session}/logs");
        again.Headers.Add("Accept", "text/event-stream");
        again.Headers.Add("Last-Event-ID", first.Id);
        using var resumed = await user.Http.SendAsync(again);
        var text = await resumed.Content.ReadAsStringAsync();
        Assert.DoesNotContain("\"two\"", text, StringComparison.Ordinal);
        Assert.Contains("\"three\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_is_followed_no_longer_than_the_sign_in_lives()
    {
        var (user, session) = await ASessionAsync();
        await LogAsync(session, "info", "one");
        using var response = await user.Http.GetAsync($"/sessions/{session}/logs?follow=true", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(body);
        await NextAsync(reader);

        await user.PostForAsync("/api/auth/logout");

        Assert.DoesNotContain("event: ", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_other_levels_are_looked_through_once()
    {
        var (_, session) = await ASessionAsync();
        var logs = fixture.Gateway.Services.GetRequiredService<SessionLogs>();
        await LogAsync(session, "error", "e1", "e2");
        await LogAsync(session, "debug", "d1", "d2");
        var newest = await Database.ValueAsync<long>("select max(id) from session_logs where session_id = $1", session);

        var full = await logs.ListAfterAsync(session, new LogFilter { Level = "error" }, 0, 1, CancellationToken.None);
        var rest = await logs.ListAfterAsync(session, new LogFilter { Level = "error" }, full.Through, 2, CancellationToken.None);
        var none = await logs.ListAfterAsync(session, new LogFilter { Level = "error" }, rest.Through, 2, CancellationToken.None);

        Assert.Equal(("e1", newest - 3), (Assert.Single(full.Lines).Message, full.Through));
        Assert.Equal(("e2", newest), (Assert.Single(rest.Lines).Message, rest.Through));
        Assert.Equal((0, newest), (none.Lines.Count, none.Through));
    }

    [Fact]
    public async Task Lines_are_shown_from_a_level_up_and_as_a_file()
    {
        var (user, session) = await ASessionAsync();
        await LogAsync(session, "debug", "d");
        await LogAsync(session, "info", "i");
        await LogAsync(session, "warning", "=w, quoted");
        await LogAsync(session, "error", "e");

        Assert.Equal(
            ["e", "=w, quoted"],
            (await user.GetAsync($"/sessions/{session}/logs?level=warning")).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString()));
        var file = await user.Http.GetStringAsync($"/sessions/{session}/logs?level=warning&format=csv");
        Assert.Contains("warning,\"'=w, quoted\"\r\n", file, StringComparison.Ordinal);
        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/sessions/{session}/logs?level=loud");
        Assert.True(problem.GetProperty("errors").TryGetProperty("level", out _));
    }

    [Fact]
    public async Task Nobody_follows_more_logs_than_he_can_read()
    {
        var (user, session) = await ASessionAsync();
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 8; i++)
        {
            open.Add(await user.Http.GetAsync($"/sessions/{session}/logs?follow=true", HttpCompletionOption.ResponseHeadersRead));
        }

        await user.RefusedAsync(HttpStatusCode.TooManyRequests, HttpMethod.Get, $"/sessions/{session}/logs?follow=true");
        open.ForEach(response => response.Dispose());

        await Eventually.BecomesAsync(
            async () =>
            {
                using var response = await user.Http.GetAsync($"/sessions/{session}/logs?follow=true", HttpCompletionOption.ResponseHeadersRead);
                return response.StatusCode;
            },
            status => status == HttpStatusCode.OK);
    }

    private async Task<(Client User, Guid Session)> ASessionAsync()
    {
        var user = await fixture.Gateway.NewUserAsync();
        return (user, await user.NewSessionAsync(await user.NewStrategyAsync()));
    }

    private async Task LogAsync(Guid session, string level, params string[] messages)
    {
        foreach (var message in messages)
        {
            await Database.ExecuteAsync(
                "insert into session_logs (session_id, at, level, message) values ($1, now(), $2, $3)", session, level, message);
        }
    }

    private static async Task<Line> NextAsync(StreamReader reader)
    {
        var (id, name, data) = ("", "", "");
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
            {
                var json = JsonElement.Parse(data);
                return new Line(id, name, data, json, json.TryGetProperty("message", out var message) ? message.GetString() : null);
            }

            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            name = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : name;
            data = line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : data;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private sealed record Line(string Id, string Name, string Raw, JsonElement Data, string? Message);
}
