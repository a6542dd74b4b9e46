using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Eventing;

namespace StratForge.LocalHosting.Testing;

/// <summary>An application's description in the hands of a test.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Runs an AppHost inside a test: random ports, data of its own, no page; disposing of the application ends every process.</summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), [], null, cancellationToken);

    /// <param name="args">As on the AppHost's command line. None of them null or empty.</param>
    /// <param name="cancellationToken">Stops waiting for the entry point.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, null, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], null, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default) => CreateAsync(entryPoint, args, null, cancellationToken);

    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? configureBuilder,
        CancellationToken cancellationToken = default)
    {
        ThrowIfAnyEmpty(args);
        var capture = new TestCapture(entryPoint.Assembly, args, configureBuilder);
        var builder = await capture.RunUntilBuildAsync().WaitAsync(cancellationToken);
        return new TestingBuilder(builder, capture.BuildAsync, capture.Abandon);
    }

    /// <summary>For a model that the test itself describes.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, null);

    public static IDistributedApplicationTestingBuilder Create(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? configureBuilder)
    {
        ThrowIfAnyEmpty(args);
        var capture = new TestCapture(Assembly.GetCallingAssembly(), [], configureBuilder);
        var options = new DistributedApplicationOptions { Args = args, ProjectDirectory = AppContext.BaseDirectory };
        DistributedApplication? built = null;
        var builder = new DistributedApplicationBuilder(options, capture);
        return new TestingBuilder(builder, BuildAsync, () => { });

        Task<DistributedApplication> BuildAsync()
        {
            _ = capture.BuildAsync();
            return Task.FromResult(built ??= builder.Build());
        }
    }

    private static void ThrowIfAnyEmpty(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        foreach (var arg in args)
        {
            ArgumentException.ThrowIfNullOrEmpty(arg, nameof(args));
        }
    }

    private sealed class TestingBuilder(DistributedApplicationBuilder inner, Func<Task<DistributedApplication>> build, Action abandon)
        : IDistributedApplicationTestingBuilder, IWrapsApplicationBuilder
    {
        private DistributedApplication? _application;

        public IDistributedApplicationBuilder Inner => inner;

        public ConfigurationManager Configuration => inner.Configuration;

        public IHostEnvironment Environment => inner.Environment;

        public IServiceCollection Services => inner.Services;

        public string AppHostDirectory => inner.AppHostDirectory;

        public Assembly? AppHostAssembly => inner.AppHostAssembly;

        public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

        public IResourceCollection Resources => inner.Resources;

        public IDistributedApplicationEventing Eventing => inner.Eventing;

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) =>
            _application = await build().WaitAsync(cancellationToken);

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

        public async ValueTask DisposeAsync()
        {
            if (_application is { } application)
            {
                await application.DisposeAsync();
                return;
            }

            abandon();
            inner.DataRoot.Dispose();
        }
    }
}

/// <summary>A builder that stands for another one.</summary>
internal interface IWrapsApplicationBuilder
{
    IDistributedApplicationBuilder Inner { get; }
}

/// <summary>What a test asks a started application for.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client with the resource's address as its base. It does not follow redirects on its own beyond the usual.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        app.Find(resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"'{resourceName}' has no connection string.", nameof(resourceName));

    /// <param name="app">A started application.</param>
    /// <param name="resourceName">The resource.</param>
    /// <param name="endpointName">Default <c>http</c>, else <c>https</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        if (app.Find(resourceName) is not IResourceWithEndpoints resource)
        {
            throw new ArgumentException($"'{resourceName}' has no endpoints.", nameof(resourceName));
        }

        var endpoint = (endpointName is null ? new[] { "http", "https" } : [endpointName])
            .Select(resource.GetEndpoint)
            .FirstOrDefault(candidate => candidate.Exists)
            ?? throw new ArgumentException($"'{resourceName}' has no endpoint '{endpointName ?? "http"}'.", nameof(endpointName));
        return endpoint.IsAllocated
            ? new Uri(endpoint.Url)
            : throw new InvalidOperationException("The application has not started.");
    }

    /// <summary>A client that may read the page with resources, logs and traces.</summary>
    /// <exception cref="InvalidOperationException">This run has none, or has not started.</exception>
    public static HttpClient CreateDashboardClient(this DistributedApplication app)
    {
        var dashboard = app.Services.GetRequiredService<Running.ApplicationEngine>().Dashboard
            ?? throw new InvalidOperationException("There is no page: the application has not started, or was built without one.");
        var client = new HttpClient { BaseAddress = dashboard.Address };
        if (dashboard.Access.Token is { } token)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    private static IResource Find(this DistributedApplication app, string resourceName) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .FirstOrDefault(resource => string.Equals(resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no resource '{resourceName}'.", nameof(resourceName));
}
