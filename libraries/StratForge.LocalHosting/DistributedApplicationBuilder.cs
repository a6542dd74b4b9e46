using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Eventing;
using StratForge.LocalHosting.Running;
using StratForge.LocalHosting.Testing;

namespace StratForge.LocalHosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly TestCapture? _capture;
    private readonly ResourceCollection _resources = [];
    private readonly DistributedApplicationEventing _eventing = new();

    public DistributedApplicationBuilder(DistributedApplicationOptions options, TestCapture? capture = null)
    {
        _options = options;
        _capture = capture;
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : capture?.EntryPoint ?? Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? Metadata("apphostprojectpath") ?? Directory.GetCurrentDirectory();
        var settings = new HostApplicationBuilderSettings
        {
            Args = [.. Arguments(options.Args ?? [])],
            ContentRootPath = AppHostDirectory,
            ApplicationName = AppHostAssembly?.GetName().Name,
            Configuration = new ConfigurationManager(),
        };
        settings.Configuration.AddInMemoryCollection([new("hostBuilder:reloadConfigOnChange", "false")]);
        capture?.Configure(options, settings, AppHostDirectory);
        _host = Host.CreateApplicationBuilder(settings);
        if (Metadata("apphostprojectname") is { } projectFile)
        {
            Configuration["AppHost:ProjectFile"] = projectFile;
        }

        ExecutionContext = new(Operation());
        var ephemeral = capture is not null || Configuration.GetValue("ephemeral", defaultValue: false);
        DataRoot = new DataRoot(Configuration["STRATFORGE_DATA"], ephemeral);
        AddServices();
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources => _resources;

    public IDistributedApplicationEventing Eventing => _eventing;

    internal DataRoot DataRoot { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (_resources.FirstOrDefault(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException($"There is a resource '{other.Name}' already; names are unique.");
        }

        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _capture?.OnBuilding(this);
        var host = _host.Build();
        ExecutionContext.ServiceProvider = host.Services;
        var application = new DistributedApplication(host, isTest: _capture is not null);
        _capture?.OnBuilt(application);
        return application;
    }

    // A switch without a value is true, whatever stands next to it.
    private static IEnumerable<string> Arguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var isSwitch = args[i].StartsWith("--", StringComparison.Ordinal) && !args[i].Contains('=');
            var hasValue = i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            yield return isSwitch && !hasValue ? args[i] + "=true" : args[i];
        }
    }

    private string? Metadata(string key) => AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => string.Equals(metadata.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;

    private DistributedApplicationOperation Operation()
    {
        var operation = Configuration["operation"];
        if (operation is not (null or "") && !Enum.TryParse<DistributedApplicationOperation>(operation, ignoreCase: true, out _))
        {
            throw new DistributedApplicationException($"--operation is 'run' or 'publish', not '{operation}'.");
        }

        return operation is { Length: > 0 }
            ? Enum.Parse<DistributedApplicationOperation>(operation, ignoreCase: true)
            : Configuration["publisher"] is { Length: > 0 } ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run;
    }

    private void AddServices()
    {
        var services = _host.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(ExecutionContext);
        services.AddSingleton(DataRoot);
        services.AddSingleton(_options);
        services.AddSingleton<IDistributedApplicationEventing>(_eventing);
        services.AddSingleton(new DistributedApplicationModel(_resources));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton<ResourceCommandService>();
        services.AddSingleton<EnvironmentComposer>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(90));
        services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        services.AddHealthChecks();
        _host.Logging.ClearProviders();
        if (ExecutionContext.IsPublishMode)
        {
            services.AddSingleton<IReport, SilentReport>();
            return;
        }

        services.AddSingleton(new EngineOptions
        {
            Isolated = _capture is not null,
            Dashboard = !_options.DisableDashboard,
            ForwardLogs = _capture is not null || _options.EnableResourceLogging,
        });
        if (_capture is null)
        {
            services.AddSingleton<IReport, ConsoleReport>();
            services.AddSingleton<ILoggerProvider, ReportLoggerProvider>();
        }
        else
        {
            services.AddSingleton<IReport, SilentReport>();
        }

        services.AddSingleton<ApplicationEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<ApplicationEngine>());
    }
}
