using System.Net;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Validation;

namespace StratForge.Gateway.Tests.Strategies;

/// <summary>These play the worker: they take jobs out of the table and answer them.</summary>
[Collection(OneGateway.Name)]
public sealed class ValidationTests(GatewayFixture fixture)
{
    private static readonly ValidationReport Report = new(
        false, "A", 5, [], [new StrategyProblem(3, 7, "CS0103", "The name 'x' does not exist.", "error", "compile")],
        [new ValidationCheck("compile", "failed")], null);

    [Fact]
    public async Task A_strategy_is_examined_by_a_worker_with_its_own_values_and_those_that_differ()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var strategy = await user.PostForAsync(
            "/api/strategies", new { name = "A", language = "python", symbol = "AAPL", code = "one", parameters = new { fast = 3, slow = 9 } });
        var id = strategy.GetProperty("id").GetGuid();
        await user.PutForAsync($"/api/strategies/{id}", new { code = "two" });

        var asking = user.PostForAsync($"/api/strategies/{id}/validate", new { version = 1, parameters = new { fast = 4 } });
        var (job, asked) = await TakeAsync(user.Id);
        await CompleteAsync(job, Report);
        var answer = await asking;

        Assert.Equal(("python", "one", "AAPL"), (asked.Language, asked.Code, asked.Symbol));
        Assert.Equal((4, 9), (asked.Parameters["fast"].GetInt32(), asked.Parameters["slow"].GetInt32()));
        Assert.False(answer.GetProperty("ok").GetBoolean());
        var problem = Assert.Single(answer.GetProperty("problems").EnumerateArray());
        Assert.Equal((3, 7, "CS0103"), (problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32(), problem.GetProperty("code").GetString()));
        Assert.Equal(0, await fixture.Database.ValueAsync<long>("select count(*) from worker_jobs where id = $1", job));
    }

    [Fact]
    public async Task Unsaved_code_is_examined_with_progress_on_the_way()
    {
        var user = await fixture.Gateway.NewUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/strategies/validate")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { python_code = "class A(Strategy): pass" }),
        };
        request.Headers.Add("Accept", "text/event-stream");
        var asking = user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var (job, asked) = await TakeAsync(user.Id);
        await fixture.Database.ExecuteAsync("update worker_jobs set progress = 0.5 where id = $1", job);
        using var response = await asking;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var first = await reader.ReadLineAsync();
        await CompleteAsync(job, Report);
        var rest = await reader.ReadToEndAsync();

        Assert.Equal(("python", "SPY"), (asked.Language, asked.Symbol));
        Assert.Equal("event: progress", first);
        Assert.Contains("event: report", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_goes_away_gives_it_up()
    {
        var user = await fixture.Gateway.NewUserAsync();
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/strategies/validate")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { language = "csharp", code = "x" }),
        };
        var asking = user.Http.SendAsync(request, leaving.Token);
        var (job, _) = await TakeAsync(user.Id);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Eventually.BecomesAsync(
            () => fixture.Database.ValueAsync<bool>("select cancel_asked from worker_jobs where id = $1", job), asked => asked);
        await fixture.Database.ExecuteAsync("update worker_jobs set status = 'CANCELED', ended_at = now() where id = $1", job);
    }

    [Fact]
    public async Task A_user_has_two_examined_at_a_time_and_a_worker_without_a_cage_says_so()
    {
        var user = await fixture.Gateway.NewUserAsync();
        Task<HttpResponseMessage> AskAsync() => user.PostAsync("/api/strategies/validate", new { language = "csharp", code = "x" });
        var (first, second) = (AskAsync(), AskAsync());
        await Eventually.BecomesAsync(
            () => fixture.Database.ValueAsync<long>("select count(*) from worker_jobs where user_id = $1", user.Id), count => count == 2);

        using var third = await AskAsync();
        Assert.Equal("too-many-validations", (await Client.ProblemOf(third, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        for (var i = 0; i < 2; i++)
        {
            var (job, _) = await TakeAsync(user.Id);
            await fixture.Database.ExecuteAsync("""
                update worker_jobs set status = 'FAILED', failure_code = 'SANDBOX_UNAVAILABLE', failure_detail = 'No cage.', ended_at = now() where id = $1
                """, job);
        }

        foreach (var answer in await Task.WhenAll(first, second))
        {
            var problem = await Client.ProblemOf(answer, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("validation-unavailable", problem.GetProperty("code").GetString());
            Assert.Contains("No cage.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_can_not_be_examined_is_refused_at_the_door()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();

        var nothing = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/strategies/validate", new { });
        var both = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"/api/strategies/{strategy}/validate", new { version = 1, code = "x" });
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"/api/strategies/{strategy}/validate", new { version = 7 });

        Assert.Equal(["code", "language"], nothing.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.True(both.GetProperty("errors").TryGetProperty("version", out _));
    }

    private async Task<(Guid Id, ValidateStrategy Asked)> TakeAsync(Guid userId)
    {
        var taken = await Eventually.BecomesAsync(
            () => fixture.Database.ValueAsync<string>("""
                update worker_jobs set status = 'RUNNING', started_at = now()
                where id = (select id from worker_jobs where user_id = $1 and status = 'QUEUED' limit 1)
                returning id || ' ' || request
                """, userId),
            row => row is not null);
        return (Guid.Parse(taken!.AsSpan(0, 36)), JsonSerializer.Deserialize(taken.AsSpan(37), ContractsJson.Default.ValidateStrategy)!);
    }

    private Task CompleteAsync(Guid job, ValidationReport report) => fixture.Database.ExecuteAsync(
        "update worker_jobs set status = 'COMPLETED', progress = 1, result = $2::jsonb, ended_at = now() where id = $1",
        job, JsonSerializer.Serialize(report, ContractsJson.Default.ValidationReport));
}
