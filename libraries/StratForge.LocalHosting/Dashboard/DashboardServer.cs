using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>A page with resources, their logs and recent traces, and the receiver those traces come in by.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private DashboardServer(WebApplication web, Uri address, DashboardAccess access, TelemetryTarget telemetry)
    {
        _web = web;
        Address = address;
        Access = access;
        Telemetry = telemetry;
    }

    public Uri Address { get; }

    /// <summary>The address that lets a browser in: with the token, where there is one.</summary>
    public Uri LoginAddress => Access.Token is { } token ? new Uri(Address, $"/login?t={Uri.EscapeDataString(token)}") : Address;

    public DashboardAccess Access { get; }

    public TelemetryTarget Telemetry { get; }

    /// <remarks>The page listens where the AppHost's launch profile says, or on a free port when that one is taken.</remarks>
    public static DashboardServer Create(
        IConfiguration configuration, DistributedApplicationModel model, ResourceNotificationService notifications,
        ResourceLoggerService logs, ResourceCommandService commands, TimeProvider clock, Action<string> warn)
    {
        var page = Choose(configuration["ASPNETCORE_URLS"] ?? configuration["urls"], warn);
        var receiver = Choose(configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"], _ => { });
        var access = new DashboardAccess(configuration);

        // Its own little host: the settings of the AppHost's environment are about other things.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(page);
            kestrel.ListenLocalhost(receiver);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(clock);
        var web = builder.Build();
        web.Use(RefuseOtherNames);
        web.Use((context, next) => RefuseStrangers(context, access, next));
        web.UseRouting();
        web.MapGet("/", context => ShowAsync(context, "page.html"));
        new ResourceEndpoints(model, notifications, logs, commands).Map(web);
        new TraceEndpoints(new TraceStore()).Map(web);
        var headers = access.OtlpKey is { } key ? $"{DashboardAccess.OtlpKeyHeader}={key}" : null;
        return new DashboardServer(
            web, new Uri($"http://localhost:{page}"), access, new TelemetryTarget($"http://localhost:{receiver}", "http/protobuf", headers));
    }

    public Task StartAsync(CancellationToken cancellationToken) => _web.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Pages that are open hold their connections for ever; they need not be waited for.
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _web.StopAsync(atOnce.Token);
        await _web.DisposeAsync();
    }

    // A name that a stranger's page has pointed at this machine is not us: neither logs nor commands are for it.
    private static Task RefuseOtherNames(HttpContext context, Func<Task> next)
    {
        if (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]")
        {
            return next();
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }

    private static Task RefuseStrangers(HttpContext context, DashboardAccess access, Func<Task> next)
    {
        var path = context.Request.Path;
        if (path == "/login")
        {
            return access.SignIn(context) ? Task.CompletedTask : AskWhoAsync(context);
        }

        if (path.StartsWithSegments("/v1", StringComparison.Ordinal) ? access.MaySend(context.Request) : access.MayLook(context.Request))
        {
            return next();
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return path == "/" ? AskWhoAsync(context) : Task.CompletedTask;
    }

    private static Task AskWhoAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return ShowAsync(context, "sign-in.html");
    }

    private static async Task ShowAsync(HttpContext context, string name)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-cache";
        await using var page = typeof(DashboardServer).Assembly.GetManifestResourceStream($"Dashboard/{name}")!;
        await page.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static int Choose(string? addresses, Action<string> warn)
    {
        var wanted = (addresses ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri : null)
            .FirstOrDefault(uri => uri is { Scheme: "http", Port: > 0 });
        if (wanted is null)
        {
            return PortAllocator.Free();
        }

        if (PortAllocator.IsFree(wanted.Port))
        {
            return wanted.Port;
        }

        var free = PortAllocator.Free();
        warn($"Port {wanted.Port} is taken; the page of resources and traces is on {free} instead.");
        return free;
    }
}
