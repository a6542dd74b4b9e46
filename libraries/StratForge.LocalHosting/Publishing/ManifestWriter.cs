using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Publishing;

/// <summary>One manifest in the making.</summary>
internal sealed class ManifestWriter(
    DistributedApplicationModel model, EnvironmentComposer composer, DistributedApplicationExecutionContext executionContext, string path)
{
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Parameters that somebody uses, in the order of first use, and those of them that are used percent-encoded.
    private readonly List<ParameterResource> _used = [];
    private readonly HashSet<ParameterResource> _encoded = [];

    public async Task<byte[]> WriteAsync(CancellationToken cancellationToken)
    {
        var output = new MemoryStream();
        await using var json = new Utf8JsonWriter(output, s_indented);
        json.WriteStartObject();
        json.WriteStartObject("resources");
        foreach (var resource in model.Resources)
        {
            await WriteAsync(resource, json, cancellationToken);
        }

        foreach (var parameter in _used.Where(parameter => !model.Resources.Contains(parameter)).ToArray())
        {
            Write(parameter, json);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return output.ToArray();
    }

    private async Task WriteAsync(IResource resource, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        if (resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var custom))
        {
            if (custom.Callback is { } callback)
            {
                json.WriteStartObject(resource.Name);
                await callback(new ManifestPublishingContext(executionContext, path, json, cancellationToken));
                json.WriteEndObject();
            }

            return;
        }

        switch (resource)
        {
            case ParameterResource parameter:
                // Its encoded companion follows it, so who uses it is asked only after all others are known: see the end of WriteAsync.
                await CollectUsesAsync(cancellationToken);
                Write(parameter, json);
                break;

            case ConnectionStringResource { Parameter: { } parameter }:
                Write(parameter, json);
                break;

            case ProjectResource project:
                json.WriteStartObject(project.Name);
                json.WriteString("type", "project.v0");
                json.WriteString("path", Relative(project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
                await WriteArgumentsAsync(project, json, cancellationToken);
                await WriteEnvironmentAsync(project, json, cancellationToken);
                WriteBindings(project, json);
                json.WriteEndObject();
                break;

            case ContainerResource container:
                json.WriteStartObject(container.Name);
                await WriteContainerAsync(container, json, cancellationToken);
                json.WriteEndObject();
                break;

            case IResourceWithConnectionString value:
                json.WriteStartObject(value.Name);
                json.WriteString("type", "value.v0");
                json.WriteString("connectionString", Expression(value.ConnectionStringExpression));
                json.WriteEndObject();
                break;

            default:
                throw new DistributedApplicationException(
                    $"'{resource.Name}' is a program of this machine and can't be deployed. Leave it out with ExcludeFromManifest, or add it in run mode only.");
        }
    }

    private async Task WriteContainerAsync(ContainerResource container, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        json.WriteString("type", "container.v0");
        if (container is IResourceWithConnectionString connected)
        {
            json.WriteString("connectionString", Expression(connected.ConnectionStringExpression));
        }

        json.WriteString("image", container.TryGetLastAnnotation<ContainerImageAnnotation>(out var image)
            ? image.Reference
            : throw new DistributedApplicationException($"'{container.Name}' has no image."));
        if (container.Entrypoint is { } entrypoint)
        {
            json.WriteString("entrypoint", entrypoint);
        }

        await WriteArgumentsAsync(container, json, cancellationToken);
        WriteMounts(container, json, "bindMounts", "source", ContainerMountType.BindMount, Relative);
        WriteMounts(container, json, "volumes", "name", ContainerMountType.Volume, name => name);
        await WriteEnvironmentAsync(container, json, cancellationToken);
        WriteBindings(container, json);
    }

    private static void WriteMounts(
        IResource resource, Utf8JsonWriter json, string property, string sourceName, ContainerMountType type, Func<string, string> source)
    {
        var mounts = resource.AnnotationsOf<ContainerMountAnnotation>().Where(mount => mount.Type == type).ToArray();
        if (mounts.Length == 0)
        {
            return;
        }

        json.WriteStartArray(property);
        foreach (var mount in mounts)
        {
            json.WriteStartObject();
            if (mount.Source is { } from)
            {
                json.WriteString(sourceName, source(from));
            }

            json.WriteString("target", mount.Target);
            json.WriteBoolean("readOnly", mount.IsReadOnly);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private async Task WriteArgumentsAsync(IResource resource, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var arguments = await composer.DeclareArgumentsAsync(resource, cancellationToken);
        if (arguments.Count == 0)
        {
            return;
        }

        json.WriteStartArray("args");
        foreach (var argument in arguments)
        {
            json.WriteStringValue(Expression(argument));
        }

        json.WriteEndArray();
    }

    private async Task WriteEnvironmentAsync(IResource resource, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var variables = await composer.DeclareAsync(resource, telemetry: null, NullLogger.Instance, cancellationToken);
        if (variables.Count == 0)
        {
            return;
        }

        json.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            json.WriteString(name, Expression(value));
        }

        json.WriteEndObject();
    }

    private static void WriteBindings(IResourceWithEndpoints resource, Utf8JsonWriter json)
    {
        var endpoints = resource.AnnotationsOf<EndpointAnnotation>().ToArray();
        if (endpoints.Length == 0)
        {
            return;
        }

        json.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            json.WriteStartObject(endpoint.Name);
            json.WriteString("scheme", endpoint.UriScheme);
            json.WriteString("protocol", endpoint.Protocol == System.Net.Sockets.ProtocolType.Udp ? "udp" : "tcp");
            json.WriteString("transport", endpoint.Transport);
            if (endpoint.Port is { } port && port != endpoint.TargetPort)
            {
                json.WriteNumber("port", port);
            }

            if (endpoint.TargetPort is { } targetPort)
            {
                json.WriteNumber("targetPort", targetPort);
            }

            if (endpoint.IsExternal)
            {
                json.WriteBoolean("external", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void Write(ParameterResource parameter, Utf8JsonWriter json)
    {
        json.WriteStartObject(parameter.Name);
        json.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            json.WriteString("connectionString", $"{{{parameter.Name}.value}}");
        }

        json.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        json.WriteStartObject("inputs");
        json.WriteStartObject("value");
        json.WriteString("type", "string");
        if (parameter.Secret)
        {
            json.WriteBoolean("secret", true);
        }

        WriteDefault(parameter.Default, json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        if (_encoded.Contains(parameter))
        {
            json.WriteStartObject($"{parameter.Name}-uri-encoded");
            json.WriteString("type", "annotated.string");
            json.WriteString("value", $"{{{parameter.Name}.value}}");
            json.WriteString("filter", "uri");
            json.WriteEndObject();
        }
    }

    private static void WriteDefault(ParameterDefault? parameterDefault, Utf8JsonWriter json)
    {
        switch (parameterDefault)
        {
            case GenerateParameterDefault generated:
                json.WriteStartObject("default");
                json.WriteStartObject("generate");
                json.WriteNumber("minLength", generated.MinLength);
                WriteFlag("lower", generated.Lower);
                WriteFlag("upper", generated.Upper);
                WriteFlag("numeric", generated.Numeric);
                WriteFlag("special", generated.Special);
                WriteCount("minLower", generated.MinLower);
                WriteCount("minUpper", generated.MinUpper);
                WriteCount("minNumeric", generated.MinNumeric);
                WriteCount("minSpecial", generated.MinSpecial);
                json.WriteEndObject();
                json.WriteEndObject();
                break;

            case ConstantParameterDefault constant:
                json.WriteStartObject("default");
                json.WriteString("value", constant.GetDefaultValue());
                json.WriteEndObject();
                break;
        }

        void WriteFlag(string name, bool value)
        {
            if (!value)
            {
                json.WriteBoolean(name, false);
            }
        }

        void WriteCount(string name, int value)
        {
            if (value > 0)
            {
                json.WriteNumber(name, value);
            }
        }
    }

    /// <summary>A value as the manifest writes it; remembers the parameters in it.</summary>
    private string Expression(object value)
    {
        Remember(value);
        return value switch
        {
            string literal => literal.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal),
            IManifestExpressionProvider provider => provider.ValueExpression,
            IResourceBuilder<IResource> { Resource: IManifestExpressionProvider provider } => provider.ValueExpression,
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
        };
    }

    private void Remember(object value)
    {
        if (value is ParameterResource parameter && !_used.Contains(parameter))
        {
            _used.Add(parameter);
        }

        if (value is ReferenceExpression expression)
        {
            _encoded.UnionWith(expression.UriEncodedParameters);
        }

        if (value is IValueWithReferences references and not EndpointReference and not EndpointReferenceExpression)
        {
            foreach (var reference in references.References)
            {
                Remember(reference);
            }
        }
    }

    private bool _collected;

    private async Task CollectUsesAsync(CancellationToken cancellationToken)
    {
        if (_collected)
        {
            return;
        }

        _collected = true;
        foreach (var resource in model.Resources.Where(resource => !resource.AnnotationsOf<ManifestPublishingCallbackAnnotation>().Any()))
        {
            if (resource is IResourceWithConnectionString connected)
            {
                Remember(connected);
            }

            foreach (var value in (await composer.DeclareAsync(resource, telemetry: null, NullLogger.Instance, cancellationToken)).Values)
            {
                Remember(value);
            }
        }
    }

    private string Relative(string file) => Path.GetRelativePath(Path.GetDirectoryName(path)!, file).Replace('\\', '/');
}
