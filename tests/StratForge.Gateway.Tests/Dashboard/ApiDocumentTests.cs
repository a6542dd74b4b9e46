using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StratForge.Gateway.Tests.Dashboard;

/// <summary>The dashboard's types come from a committed copy of the gateway's description of itself.</summary>
public sealed class ApiDocumentTests
{
    // Set to anything, the test writes the copy instead of comparing; `npm run types` in dashboard/ then makes the types from it.
    private const string AcceptVariable = "ACCEPT_API_DOCUMENT";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task The_dashboard_was_built_against_the_api_as_it_is()
    {
        var document = await DescribeAsync();
        var copy = CopyPath();
        if (Environment.GetEnvironmentVariable(AcceptVariable) is { Length: > 0 })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await File.WriteAllTextAsync(copy, document);
        }

        Assert.True(
            document == await File.ReadAllTextAsync(copy),
            $"The API changed. Run this test with {AcceptVariable}=1, then `npm run types` in dashboard/, and fix what no longer compiles there.");
    }

    private static async Task<string> DescribeAsync()
    {
        await using var app = Program.Build(
            [
                "--urls=http://127.0.0.1:0",
                "--Jwt:Secret=describing-the-api-signs-no-tokens",
                "--Internal:Key=describing-the-api-calls-nobody",
                "--Broker:ApiKey=none", "--Broker:SecretKey=none",
                "--ConnectionStrings:stratforge=Host=127.0.0.1;Port=1;Username=none;Database=none",
                "--ConnectionStrings:redis=127.0.0.1:1,abortConnect=false",
            ],
            builder =>
            {
                // The description needs the routes, not the database and the broker that work in the background needs.
                builder.Services.RemoveAll<IHostedService>();
                builder.Logging.ClearProviders();
            });
        await app.StartAsync();

        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var document = JsonNode.Parse(await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!.AsObject();
        // Where this run happened to listen.
        document.Remove("servers");
        return document.ToJsonString(Indented) + "\n";
    }

    private static string CopyPath([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../dashboard/openapi/gateway.json"));
}
