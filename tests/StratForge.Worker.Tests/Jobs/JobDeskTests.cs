using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratForge.Contracts;
using StratForge.Contracts.Validation;
using StratForge.Worker.Jobs;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Jobs;

public sealed class JobDeskTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private RunningWorker _worker = null!;

    public async Task InitializeAsync() => _worker = await RunningWorker.StartAsync(
        platform, ("Worker:ConcurrentJobs", "1"), ("Worker:Limits:LogFlood", "1048576"), ("Worker:Limits:JobCpu", "00:00:02"));

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    [Fact]
    public async Task What_nobody_expects_ends_the_job_and_gives_its_place_to_the_next()
    {
        using var desk = new JobDesk(
            _worker.Service<JobStore>(), [new Surprising()], _worker.Service<WorkerLease>(), Options.Create(new WorkerOptions { ConcurrentJobs = 1 }),
            TimeProvider.System, NullLogger<JobDesk>.Instance);
        await desk.StartAsync(CancellationToken.None);
        var user = await platform.NewUserAsync();

        Guid[] jobs = [await AskAsync("surprise", user, "{}"), await AskAsync("surprise", user, "{}")];

        foreach (var job in jobs)
        {
            Assert.StartsWith("FAILED UNEXPECTED Something happened that the platform does not expect (KeyNotFoundException)", await EndAsync(job), StringComparison.Ordinal);
        }

        await desk.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_can_not_be_stored_is_a_failure_and_the_next_is_done()
    {
        var user = await platform.NewUserAsync();

        var zero = await ValidateAsync(user, """
            class Joins(Strategy):
                separator = param("\0")

                def on_bar(self, bar):
                    pass
            """);
        var next = await ValidateAsync(user, "class Quiet(Strategy):\n    def on_bar(self, bar): pass\n");

        Assert.StartsWith("FAILED DATA_CORRUPT What came of it can't be stored: ", await EndAsync(zero), StringComparison.Ordinal);
        Assert.Equal("COMPLETED", await EndAsync(next));
    }

    [Fact]
    public async Task A_host_that_leaves_out_what_belongs_to_an_answer_is_named_as_the_reason()
    {
        var job = await ValidateAsync(await platform.NewUserAsync(), """
            import os

            class Sends(Strategy):
                def on_bar(self, bar):
                    body = b'{"type":"done","of":"bars","seq":1,"signals":[null]}'
                    os.write(4, len(body).to_bytes(4, "little") + body)
            """);

        Assert.Equal("COMPLETED", await EndAsync(job));
        Assert.Contains(
            "broke the protocol: an answer of which a part is missing",
            await platform.Database.ValueAsync<string>("select result ->> 'problems' from worker_jobs where id = $1", job), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while True: pass", "EVENT_TIMEOUT: The strategy used more than 1 s of CPU time for one answer.")]
    [InlineData("sum(range(1_000_000))", "CPU_LIMIT: The strategy used more than 2 s of CPU time in all.")]
    [InlineData("print('x' * 100_000)", "OUTPUT_LIMIT: The strategy wrote more than 1 MiB within a minute.")]
    public async Task A_job_is_bound_like_a_session_and_by_its_total(string does, string reason)
    {
        var job = await ValidateAsync(await platform.NewUserAsync(), $"class Greedy(Strategy):\n    def on_bar(self, bar):\n        {does}\n");

        Assert.Equal("COMPLETED", await EndAsync(job));
        Assert.Equal(reason, await platform.Database.ValueAsync<string>(
            "select p ->> 'code' || ': ' || (p ->> 'message') from worker_jobs, jsonb_array_elements(result -> 'problems') p where id = $1", job));
    }

    private Task<Guid> ValidateAsync(Guid user, string code) => AskAsync("validate", user, JsonSerializer.Serialize(
        new ValidateStrategy("python", code, platform.NewSymbol(), new Dictionary<string, JsonElement>(StringComparer.Ordinal)),
        ContractsJson.Default.ValidateStrategy));

    private async Task<Guid> AskAsync(string kind, Guid user, string request)
    {
        var id = Platform.NewId();
        await platform.Database.ExecuteAsync(
            "insert into worker_jobs (id, user_id, kind, request, created_at) values ($1, $2, $3, $4::jsonb, now())", id, user, kind, request);
        return id;
    }

    private async Task<string> EndAsync(Guid job)
    {
        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select ended_at is not null from worker_jobs where id = $1", job),
            async () => await platform.Database.ValueAsync<string>("select to_jsonb(j)::text from worker_jobs j where id = $1", job) ?? "gone");
        return await platform.Database.ValueAsync<string>(
            "select concat_ws(' ', status, failure_code, failure_detail) from worker_jobs where id = $1", job) ?? "";
    }

    private sealed class Surprising : IJobRunner
    {
        public string Kind => "surprise";

        public Task<JobOutcome> RunAsync(Job job, IProgress<double> progress, CancellationToken cancellationToken) =>
            throw new KeyNotFoundException("nobody expects that");
    }
}
