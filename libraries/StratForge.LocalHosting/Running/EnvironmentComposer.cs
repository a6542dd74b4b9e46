using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

/// <summary>Puts a process's environment and arguments together, the same way in every start.</summary>
internal sealed class EnvironmentComposer(
    DistributedApplicationExecutionContext executionContext, IHostEnvironment hostEnvironment, DistributedApplicationModel model)
{
    // What configures us must not configure them: addresses, profile and environment name come from their own launch profiles,
    // and connection strings given to us reach only those who reference the resource.
    private static readonly string[] s_notInherited =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DATABASE_URL", "REDIS_URL",
        "GATEWAY_PORT", "PORT", "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN",
    ];

    private readonly HashSet<string> _consumed = new(
        s_notInherited.Concat(model.Resources.SelectMany(resource => resource.AnnotationsOf<ConsumedVariableAnnotation>()).Select(consumed => consumed.Variable)),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What the model says, before it is resolved: values, providers and expressions by variable.</summary>
    public async Task<Dictionary<string, object>> DeclareAsync(
        IResource resource, TelemetryTarget? telemetry, ILogger logger, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>(StringComparer.Ordinal);
        if (resource is ProjectResource project)
        {
            AddProjectDefaults(project, telemetry, variables);
        }

        var context = new EnvironmentCallbackContext(executionContext, resource, variables, logger, cancellationToken);
        foreach (var annotation in resource.AnnotationsOf<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        if (executionContext.IsRunMode && resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var launch))
        {
            variables.TryAdd("DOTNET_LAUNCH_PROFILE", launch.Profile.Name);
            foreach (var (name, value) in launch.Profile.EnvironmentVariables)
            {
                variables.TryAdd(name, value);
            }
        }

        return variables;
    }

    /// <summary>The whole environment of one process: inherited, then declared.</summary>
    public async Task<Dictionary<string, string>> ComposeAsync(
        IResource resource, IReadOnlyDictionary<EndpointAnnotation, int> ports, TelemetryTarget? telemetry, ILogger logger,
        CancellationToken cancellationToken)
    {
        InstancePorts.Use(ports);
        var environment = Inherited();
        foreach (var (name, value) in await DeclareAsync(resource, telemetry, logger, cancellationToken))
        {
            if (await ResolveAsync(value, cancellationToken) is { } resolved)
            {
                environment[name] = resolved;
            }
        }

        return environment;
    }

    public async Task<IReadOnlyList<string>> ArgumentsAsync(
        IResource resource, IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        InstancePorts.Use(ports);
        var declared = await DeclareArgumentsAsync(resource, cancellationToken);
        if (declared.Count == 0 && resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var launch) && launch.Profile.CommandLineArgs is { } line)
        {
            return CommandLine.Split(line);
        }

        var arguments = new List<string>();
        foreach (var argument in declared)
        {
            if (await ResolveAsync(argument, cancellationToken) is { } resolved)
            {
                arguments.Add(resolved);
            }
        }

        return arguments;
    }

    public async Task<List<object>> DeclareArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var arguments = new List<object>();
        var context = new CommandLineArgsCallbackContext(executionContext, arguments, cancellationToken);
        foreach (var annotation in resource.AnnotationsOf<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return arguments;
    }

    /// <summary>Our environment without what is not handed down.</summary>
    public Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!_consumed.Contains(name)
                && !name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("Parameters__", StringComparison.OrdinalIgnoreCase))
            {
                environment[name] = (string?)variable.Value ?? "";
            }
        }

        return environment;
    }

    private static async ValueTask<string?> ResolveAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    private void AddProjectDefaults(ProjectResource project, TelemetryTarget? telemetry, Dictionary<string, object> variables)
    {
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        var endpoints = project.GetEndpoints()
            .Where(endpoint => endpoint.EndpointAnnotation is { IsHttp: true, TargetPortEnvironmentVariable: null })
            .ToArray();
        if (executionContext.IsPublishMode)
        {
            AddPublishDefaults(project, endpoints, variables);
            return;
        }

        var developing = hostEnvironment.IsDevelopment();
        if (developing)
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }

        if (telemetry is not null)
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Endpoint;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = telemetry.Protocol;
            if (telemetry.Headers is { } headers)
            {
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = headers;
            }
        }

        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={RandomText.LowerCase(8)}";
        variables["OTEL_SERVICE_NAME"] = project.Name;
        if (developing)
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }

        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        if (endpoints.FirstOrDefault(endpoint => endpoint.EndpointAnnotation.UriScheme == "https") is { } https)
        {
            variables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
        }

        if (endpoints.Length > 0)
        {
            var urls = new ReferenceExpressionBuilder();
            foreach (var endpoint in endpoints)
            {
                urls.AppendLiteral((urls.IsEmpty ? "" : ";") + $"{endpoint.EndpointAnnotation.UriScheme}://{endpoint.EndpointAnnotation.TargetHost}:");
                urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            }

            variables["ASPNETCORE_URLS"] = urls.Build();
        }
    }

    private static void AddPublishDefaults(ProjectResource project, EndpointReference[] endpoints, Dictionary<string, object> variables)
    {
        if (endpoints.Length == 0)
        {
            return;
        }

        if (!project.AnnotationsOf<DisableForwardedHeadersAnnotation>().Any())
        {
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }

        AddPorts("HTTP_PORTS", endpoints.Where(endpoint => endpoint.EndpointAnnotation.UriScheme == "http"));

        // The platform ends TLS, so a launch profile's https address gets no port; one that was declared by hand does.
        AddPorts("HTTPS_PORTS", endpoints.Where(endpoint => endpoint.EndpointAnnotation is { UriScheme: "https", FromLaunchProfile: false }));

        void AddPorts(string variable, IEnumerable<EndpointReference> which)
        {
            var ports = new ReferenceExpressionBuilder();
            foreach (var endpoint in which)
            {
                if (!ports.IsEmpty)
                {
                    ports.AppendLiteral(";");
                }

                ports.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            }

            if (!ports.IsEmpty)
            {
                variables[variable] = ports.Build();
            }
        }
    }
}
