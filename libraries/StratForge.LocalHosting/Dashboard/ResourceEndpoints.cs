using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>State and logs of the resources as JSON and as streams of events.</summary>
internal sealed class ResourceEndpoints(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService logs, ResourceCommandService commands)
{
    private static readonly string[] s_commands =
        [KnownResourceCommands.StartCommand, KnownResourceCommands.StopCommand, KnownResourceCommands.RestartCommand];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/resources", ListAsync);
        routes.MapGet("/api/resources/stream", StreamAsync);
        routes.MapGet("/api/logs/{resource}", LogsAsync);
        routes.MapPost("/api/resources/{id}/{command}", CommandAsync);
    }

    private Task ListAsync(HttpContext context) => WriteJsonAsync(context, new { resources = All() });

    private async Task StreamAsync(HttpContext context)
    {
        StartStream(context);
        await foreach (var change in notifications.WatchAsync(context.RequestAborted))
        {
            if (change.Resource is not ParameterResource)
            {
                await SendAsync(context, JsonSerializer.Serialize(Of(change), JsonSerializerOptions.Web));
            }
        }
    }

    private async Task LogsAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("resource")!;
        if (model.Resources.All(resource => !string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await WriteJsonAsync(context, new { lines = logs.Newest(name, ResourceLoggerService.Kept).Select(Of) });
            return;
        }

        StartStream(context);
        await foreach (var batch in logs.WatchAsync(name).WithCancellation(context.RequestAborted))
        {
            await SendAsync(context, JsonSerializer.Serialize(batch.Select(Of), JsonSerializerOptions.Web));
        }
    }

    private async Task CommandAsync(HttpContext context)
    {
        var (id, command) = ((string)context.GetRouteValue("id")!, (string)context.GetRouteValue("command")!);

        // A page of another origin can post here but can't set this header; without it anybody's page could stop our services.
        if (context.Request.Headers["X-Requested-By"].Count == 0 || !s_commands.Contains(command))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var result = await commands.ExecuteCommandAsync(id, command, context.RequestAborted);
        context.Response.StatusCode = result.Success ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
        await WriteJsonAsync(context, result);
    }

    private IEnumerable<object> All() => model.Resources
        .Where(resource => resource is not ParameterResource)
        .SelectMany(notifications.InstancesOf)
        .Select(Of);

    private static object Of(ResourceEvent change) => new
    {
        id = change.ResourceId,
        name = change.Resource.Name,
        type = change.Snapshot.ResourceType,
        state = change.Snapshot.State?.Text,
        health = change.Snapshot.HealthStatus?.ToString(),
        healthReports = change.Snapshot.HealthReports.Select(report => new { report.Name, status = report.Status?.ToString(), report.Description }),
        urls = change.Snapshot.Urls.Select(url => new { url.Name, url.Url }),
        startedAt = change.Snapshot.StartTimeStamp,
        stoppedAt = change.Snapshot.StopTimeStamp,
        exitCode = change.Snapshot.ExitCode,
        starts = change.Snapshot.Starts,
        processId = change.Snapshot.ProcessId,
        failure = change.Snapshot.Failure,
    };

    private static object Of(LogLine line) => new { number = line.LineNumber, text = line.Content, error = line.IsErrorMessage };

    internal static Task WriteJsonAsync(HttpContext context, object value)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static void StartStream(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private static async Task SendAsync(HttpContext context, string json)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {json}\n\n"), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
