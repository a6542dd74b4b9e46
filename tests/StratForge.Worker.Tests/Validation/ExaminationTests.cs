using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Validation;

namespace StratForge.Worker.Tests.Validation;

public sealed class ExaminationTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string CrossInPython = """
        class Cross(Strategy):
            fast = param(5, min=2, max=50)

            def on_start(self):
                self.quick, self.slow = sma(self.fast), sma(20)

            def on_bar(self, bar):
                if self.quick.crossed_above(self.slow):
                    return self.buy(10)
                if self.quick.crossed_below(self.slow):
                    return self.close()

            def on_fill(self, fill):
                print("filled at", fill.price)
        """;

    private RunningWorker _worker = null!;

    public async Task InitializeAsync() => _worker = await RunningWorker.StartAsync(
        platform, ("Worker:Limits:EventTime", "00:00:01"), ("Worker:Limits:EventCpu", "00:00:01"));

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    [Fact]
    public async Task A_strategy_in_good_order_passes_every_check_and_trades_in_its_dry_run()
    {
        var report = await ExamineAsync("python", CrossInPython);

        Assert.True(report.Ok, Problems(report));
        Assert.Equal(("Cross", "fast"), (report.Strategy, Assert.Single(report.Parameters).Name));
        Assert.Equal(["compile passed", "static passed", "dry-run passed", "look-ahead passed"], report.Checks.Select(check => $"{check.Name} {check.State}"));
        Assert.Empty(report.Problems);
        Assert.Equal("synthetic", report.DryRun!.Source);
        Assert.InRange(report.DryRun.Fills, 4, report.DryRun.Signals);
    }

    [Fact]
    public async Task The_same_in_csharp()
    {
        var report = await ExamineAsync("csharp", """
            public sealed class Cross : Strategy
            {
                private Sma _quick = null!, _slow = null!;
                public override void OnStart() { _quick = Sma(5); _slow = Sma(20); }
                public override Signal? OnBar(Bar bar) => _quick.CrossedAbove(_slow) ? Buy(10) : _quick.CrossedBelow(_slow) ? Close() : null;
            }
            """);

        Assert.True(report.Ok, Problems(report));
        Assert.InRange(report.DryRun!.Fills, 4, report.DryRun.Signals);
    }

    [Fact]
    public async Task Errors_of_the_compiler_come_with_their_places()
    {
        var report = await ExamineAsync("csharp", """
            public sealed class Wrong : Strategy
            {
                public override Signal? OnBar(Bar bar) => Bye(1);
                int x = "two";
            }
            """);

        Assert.False(report.Ok);
        Assert.Equal(
            ["3:47 CS0103 error compile", "4:13 CS0029 error compile"],
            report.Problems.Select(problem => $"{problem.Line}:{problem.Column} {problem.Code} {problem.Severity} {problem.Check}"));
        Assert.Equal(["failed", "skipped", "skipped", "skipped"], report.Checks.Select(check => check.State));
    }

    [Fact]
    public async Task A_slip_of_the_pen_in_python_comes_with_its_place()
    {
        var report = await ExamineAsync("python", "class A(Strategy):\n    def on_bar(self, bar)\n        return None\n");

        var problem = Assert.Single(report.Problems);
        Assert.Equal((2, "compile", "error"), (problem.Line, problem.Check, problem.Severity));
        Assert.NotNull(problem.Column);
    }

    [Fact]
    public async Task What_goes_wrong_only_when_an_order_fills_is_found_at_its_line()
    {
        var report = await ExamineAsync("python", """
            class Late(Strategy):
                def on_bar(self, bar):
                    if self.position.quantity == 0:
                        return self.buy(1)

                def on_fill(self, fill):
                    return 1 / 0
            """);

        var problem = Assert.Single(report.Problems);
        Assert.Equal((7, "dry-run", "STRATEGY_ERROR"), (problem.Line, problem.Check, problem.Code));
    }

    [Fact]
    public async Task Whoever_peeks_at_bars_to_come_is_caught()
    {
        var report = await ExamineAsync("python", """
            import sys

            class Peeks(Strategy):
                def on_bar(self, bar):
                    frame = sys._getframe()
                    while frame is not None:
                        for value in list(frame.f_locals.values()):
                            bars = value.get("bars") if isinstance(value, dict) else value
                            if isinstance(bars, list) and len(bars) > 1 and isinstance(bars[0], list) and bars[-1][4] > bar.close * 1.002:
                                return self.buy(1)
                        frame = frame.f_back
            """);

        Assert.False(report.Ok);
        var problem = Assert.Single(report.Problems, problem => problem.Severity == "error");
        Assert.Equal(("SF0200", "look-ahead"), (problem.Code, problem.Check));
        Assert.Contains("gives BUY 1 instead of nothing", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_rolls_dice_of_his_own_is_told_that_a_replay_cannot()
    {
        var report = await ExamineAsync("python", """
            import random

            class Dice(Strategy):
                def on_bar(self, bar):
                    if random.random() < 0.5:
                        return self.buy(1)
            """);

        Assert.Equal(["SF0201 error", "SF1002 warning"], report.Problems.Select(problem => $"{problem.Code} {problem.Severity}"));
        Assert.Equal(1, report.Problems[1].Line);
    }

    [Fact]
    public async Task A_strategy_that_never_comes_back_is_ended_and_the_next_one_is_examined()
    {
        var endless = await ExamineAsync("python", "class Endless(Strategy):\n    def on_bar(self, bar):\n        while True: pass\n");
        var next = await ExamineAsync("python", "class Quiet(Strategy):\n    def on_bar(self, bar): pass\n");

        Assert.Equal("EVENT_TIMEOUT", Assert.Single(endless.Problems).Code);
        Assert.True(next.Ok);
        Assert.Equal(("SF0204", "info"), (Assert.Single(next.Problems).Code, next.Problems[0].Severity));
    }

    [Fact]
    public async Task What_its_process_says_beyond_the_protocol_is_no_signal()
    {
        var report = await ExamineAsync("python", """
            import json
            import os

            class Shouting(Strategy):
                def on_bar(self, bar):
                    for seq in range(1, 400):
                        body = json.dumps({"type": "done", "of": "bars", "seq": seq, "signals": [{"action": "BUY", "quantity": "1"}] * 1000}).encode()
                        os.write(4, len(body).to_bytes(4, "little") + body)
            """);

        Assert.Equal("SIGNAL_LIMIT", Assert.Single(report.Problems, problem => problem.Severity == "error").Code);
    }

    [Fact]
    public async Task Parameters_out_of_range_are_refused_as_a_session_would()
    {
        var report = await ExamineAsync("python", CrossInPython, new { fast = 500 });

        Assert.Contains("fast", Assert.Single(report.Problems).Message, StringComparison.Ordinal);
    }

    private async Task<ValidationReport> ExamineAsync(string language, string code, object? parameters = null)
    {
        var id = Platform.NewId();
        var values = JsonSerializer.SerializeToElement(parameters ?? new { }).EnumerateObject().ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal);
        await platform.Database.ExecuteAsync(
            "insert into worker_jobs (id, user_id, kind, request, created_at) values ($1, $2, 'validate', $3::jsonb, now())",
            id, await platform.NewUserAsync(), JsonSerializer.Serialize(new ValidateStrategy(language, code, platform.NewSymbol(), values), ContractsJson.Default.ValidateStrategy));
        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select ended_at is not null from worker_jobs where id = $1", id),
            async () => await platform.Database.ValueAsync<string>("select status || ' ' || progress from worker_jobs where id = $1", id) ?? "gone");
        var failure = await platform.Database.ValueAsync<string>("select failure_code || ': ' || failure_detail from worker_jobs where id = $1", id);
        Assert.Null(failure);
        return JsonSerializer.Deserialize(
            (await platform.Database.ValueAsync<string>("select result::text from worker_jobs where id = $1", id))!, ContractsJson.Default.ValidationReport)!;
    }

    private static string Problems(ValidationReport report) => string.Join('\n', report.Problems);
}
