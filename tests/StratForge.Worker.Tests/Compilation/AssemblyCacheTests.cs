using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Compilation;

/// <summary>Compiled strategies on disk: kept over restarts, and no one else's.</summary>
public sealed class AssemblyCacheTests : IDisposable
{
    private static readonly byte[] Assembly = [1, 2, 3, 4];
    private readonly string _folder = Directory.CreateTempSubdirectory("stratforge-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_compiled_is_found_after_a_restart()
    {
        await Keep("a", Assembly);

        Assert.Equal(Assembly, await Find("a"));
        Assert.Null(await Find("b"));
    }

    [Fact]
    public async Task Another_assembly_in_its_place_is_not_run()
    {
        await Keep("a", Assembly);
        var entry = Assert.Single(Directory.GetFiles(_folder));
        var bytes = await File.ReadAllBytesAsync(entry);
        bytes[^1]++;
        await File.WriteAllBytesAsync(entry, bytes);

        Assert.Null(await Find("a"));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task An_assembly_under_another_ones_name_is_not_run()
    {
        await Keep("a", Assembly);
        var cache = Cache();
        var entry = Assert.Single(Directory.GetFiles(_folder));
        File.Move(entry, entry.Replace(cache.KeyOf("a"), cache.KeyOf("b"), StringComparison.Ordinal));

        Assert.Null(await Find("b"));
    }

    [Fact]
    public async Task What_another_platform_compiled_is_not_run()
    {
        await Keep("a", Assembly);

        Assert.Null(await Find("a", credential: "another"));
    }

    [Fact]
    public async Task It_keeps_no_more_than_its_bound()
    {
        var cache = Cache();
        for (var i = 0; i < 520; i++)
        {
            await cache.KeepAsync(cache.KeyOf($"{i}"), Assembly, CancellationToken.None);
        }

        Assert.Equal(512, Directory.GetFiles(_folder).Length);
        Assert.Equal(Assembly, await Find("519"));
    }

    private async Task Keep(string source, byte[] assembly)
    {
        var cache = Cache();
        await cache.KeepAsync(cache.KeyOf(source), assembly, CancellationToken.None);
    }

    private async Task<byte[]?> Find(string source, string credential = "the-key")
    {
        var cache = Cache(credential);
        return await cache.FindAsync(cache.KeyOf(source), CancellationToken.None);
    }

    private AssemblyCache Cache(string credential = "the-key")
    {
        var configuration = new ConfigurationBuilder().Build();
        var options = Options.Create(new WorkerOptions { CacheDirectory = _folder, HostsDirectory = WorkerPrograms.Hosts });
        return new AssemblyCache(
            options,
            Options.Create(new GatewayOptions { Internal = new InternalCredential { Key = credential } }),
            new HostPrograms(options, Options.Create(new CageOptions()), configuration),
            configuration,
            TimeProvider.System,
            NullLogger<AssemblyCache>.Instance);
    }
}
