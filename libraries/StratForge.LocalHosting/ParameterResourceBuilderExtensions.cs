using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting;

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(builder.Parameter(name, $"Parameters:{name}", secret, parameterDefault: null, persist: false));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <exception cref="ArgumentException">A secret can't be published.</exception>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException("A secret's value is not written to a manifest.", nameof(publishValueAsDefault));
        }

        var fallback = new ConstantParameterDefault(valueGetter);
        var parameter = builder.Parameter(name, $"Parameters:{name}", secret, fallback, persist: false);
        parameter.Default = publishValueAsDefault ? fallback : null;
        return builder.AddResource(parameter);
    }

    /// <param name="builder">The application.</param>
    /// <param name="name">Also the configuration key, below <c>Parameters</c>.</param>
    /// <param name="value">What it is when configuration does not say.</param>
    /// <param name="secret">Not written to logs, pages and manifests.</param>
    /// <param name="persist">In run mode the first value is kept and used again.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        var parameter = builder.Parameter(name, $"Parameters:{name}", secret, value, persist);
        parameter.Default = value;
        return builder.AddResource(parameter);
    }

    /// <summary>A parameter under a key of its own. A variable that feeds it reaches no process except through the parameter.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder
            .AddResource(builder.Parameter(name, configurationKey, secret, parameterDefault: null, persist: false))
            .WithAnnotation(new ConsumedVariableAnnotation(configurationKey.Replace(":", "__", StringComparison.Ordinal)));

    /// <param name="builder">The parameter.</param>
    /// <param name="description">Told to whoever has not given it a value.</param>
    /// <param name="enableMarkdown">For engines that show it on a page; a console shows it as it is.</param>
    public static IResourceBuilder<ParameterResource> WithDescription(
        this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        return builder;
    }

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        var parameter = builder.Parameter(name, $"ConnectionStrings:{name}", secret: true, parameterDefault: null, persist: false);
        parameter.IsConnectionString = true;
        return builder.AddResource(new ConnectionStringResource(name, ReferenceExpression.Create($"{parameter}"), environmentVariableName)
        {
            Parameter = parameter,
        });
    }

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }

    /// <summary>A generated password that is kept between runs. It is not added to the model: it appears when something uses it.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        this IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true,
        int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0)
    {
        var generated = new GenerateParameterDefault
        {
            Lower = lower, Upper = upper, Numeric = numeric, Special = special,
            MinLower = minLower, MinUpper = minUpper, MinNumeric = minNumeric, MinSpecial = minSpecial,
        };
        var parameter = builder.Parameter(name, $"Parameters:{name}", secret: true, generated, persist: true);
        parameter.Default = generated;
        return parameter;
    }

    private static ParameterResource Parameter(
        this IDistributedApplicationBuilder builder, string name, string key, bool secret, ParameterDefault? parameterDefault, bool persist)
    {
        var configuration = builder.Configuration;
        var dataRoot = builder.Local().DataRoot;
        ParameterResource parameter = null!;
        return parameter = new ParameterResource(name, _ => Configured() ?? Defaulted(), secret);

        string? Configured()
        {
            if (configuration[key] is { Length: > 0 } value)
            {
                return value;
            }

            return configuration[key.Replace('-', '_')] is { Length: > 0 } second ? second : null;
        }

        string Defaulted() => parameterDefault switch
        {
            null => throw new MissingParameterValueException(
                $"The parameter '{name}'{(parameter.Description is { } description ? $" ({description})" : "")} has no value. Set {key}, for instance with --{key}=VALUE or the environment variable {Variable(key)}."),
            _ when persist => dataRoot.Parameters.GetOrAdd(key, parameterDefault.GetDefaultValue),
            _ => parameterDefault.GetDefaultValue(),
        };

        static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_');
    }
}

/// <summary>A variable of our own environment that is not handed down.</summary>
internal sealed class ConsumedVariableAnnotation(string variable) : IResourceAnnotation
{
    public string Variable => variable;
}
