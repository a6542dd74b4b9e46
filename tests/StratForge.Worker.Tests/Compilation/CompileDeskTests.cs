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
}
