using System.Text.Json;
using StratForge.Testing;
using System.Text.RegularExpressions;

namespace StratForge.LocalHosting.Tests;

public sealed partial class ManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

    [Fact]
    public async Task The_manifest_is_the_one_agreed_on()
    {
        var manifest = await PublishAsync();

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sample-manifest.json")), Portable(manifest));
    }

    [Fact]
    public async Task Every_expression_names_something_that_is_in_the_manifest()
    {
        using var manifest = JsonDocument.Parse(await PublishAsync());

        ManifestExpressions.AssertAllResolve(manifest.RootElement);
    }

    [Fact]
    public async Task Both_spellings_of_the_command_write_the_same()
    {
        var one = await PublishAsync();
        var other = await PublishAsync("--operation", "publish", "--step", "publish-manifest");

        Assert.Equal(one, other);
    }

    [Fact]
    public async Task A_folder_gets_a_file_of_the_usual_name()
    {
        await using var host = AppHostProcess.Start("--publisher", "manifest", "--output-path", Path.Combine(_folder, "deep", "er"));

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Equal(["aspire-manifest.json"], Directory.EnumerateFiles(Path.Combine(_folder, "deep", "er")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("There is no publisher 'pigeon'", "--publisher", "pigeon", "--output-path", "x.json")]
    [InlineData("--output-path", "--publisher", "manifest")]
    [InlineData("There is no step 'deploy'", "--operation", "publish", "--step", "deploy", "--output-path", "x.json")]
    public async Task What_can_not_be_written_is_said_and_nothing_is_left_behind(string said, params string[] args)
    {
        await using var host = AppHostProcess.Start(args);

        Assert.Equal(1, await host.ExitCodeAsync());
        Assert.Contains(said, host.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> PublishAsync(params string[] how)
    {
        var file = Path.Combine(_folder, "manifest.json");
        await using var host = AppHostProcess.Start([.. how.Length > 0 ? how : ["--publisher", "manifest"], "--output-path", file]);
        Assert.True(await host.ExitCodeAsync() == 0, host.Output);
        return await File.ReadAllTextAsync(file);
    }

    // The way from the temporary folder to the sources is a different one on every machine.
    private static string Portable(string manifest) => PathUp().Replace(manifest, "\"path\": \".../StratForge.SampleService");

    [GeneratedRegex("""
        "path": "[^"]*/StratForge.SampleService(?=/)
        """, RegexOptions.None, 1000)]
    private static partial Regex PathUp();
}
