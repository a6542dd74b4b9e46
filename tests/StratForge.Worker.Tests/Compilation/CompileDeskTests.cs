using Microsoft.Extensions.Options;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Compilation;

public sealed class CompileDeskTests(Platform platform) : IClassFixture<Platform>
{
    private const string Source = "public sealed class Quiet : Strategy { public override Signal? OnBar(Bar bar) => null; }";

    [Fact]
    public async Task Only_what_the_compiler_says_of_a_source_is_remembered_of_it()
    {
        var cache = Directory.CreateTempSubdirectory("stratforge-compile-");
        await using (var worker = await RunningWorker.StartAsync(
            platform, ("Worker:CacheDirectory", cache.FullName), ("Worker:Limits:CompileMemory", "1048576")))
        {
            var desk = worker.Service<CompileDesk>();
            var limits = worker.Service<IOptions<WorkerOptions>>().Value.Limits;

            var tooMuch = await desk.CompileAsync(Platform.NewId(), Source, CancellationToken.None);
            limits.CompileMemory = 384L * 1024 * 1024;
            var again = await desk.CompileAsync(Platform.NewId(), Source, CancellationToken.None);
            var wrong = await desk.CompileAsync(Platform.NewId(), "class", CancellationToken.None);

            Assert.Equal((HostFailure.CompileError, false), (tooMuch.Failure!.Code, tooMuch.IsOfSource));
            Assert.NotNull(again.Assembly);
            Assert.Equal((HostFailure.CompileError, true), (wrong.Failure!.Code, wrong.IsOfSource));
            Assert.Same(wrong, await desk.CompileAsync(Platform.NewId(), "class", CancellationToken.None));
        }

        cache.Delete(recursive: true);
    }

    [Fact]
    public async Task A_compiler_whose_process_is_gone_answers_at_once_and_does_not_blame_the_source()
    {
        await using var worker = await RunningWorker.StartAsync(platform);
        var loop = worker.Service<EventLoop>();
        var child = new CompilerChild(worker.Service<CageState>(), worker.Service<IOptions<WorkerOptions>>().Value.Limits, loop);
        var process = await worker.Service<HostSpawner>().SpawnAsync(worker.Service<HostPrograms>().Command(HostKind.Compile));
        await loop.AskAsync(() =>
        {
            child.Attach(process);
            child.End();
            return true;
        });
        await Platform.EventuallyAsync(async () => !await loop.AskAsync(() => child.IsUsable), () => Task.FromResult("its end is not heard of"));

        var answer = new TaskCompletionSource<CompileResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await loop.AskAsync(() =>
        {
            child.Compile(System.Text.Encoding.UTF8.GetBytes(Source), answer.SetResult);
            return true;
        });

        var result = await answer.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((null, HostFailure.CompileError, false), (result.Assembly, result.Failure!.Code, result.IsOfSource));
    }
}
