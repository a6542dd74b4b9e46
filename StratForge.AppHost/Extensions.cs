using System.Globalization;

namespace StratForge.AppHost;

/// <summary>Words the map is written in beyond the ones the hosting library brings.</summary>
internal static class Extensions
{
    /// <summary>A secret nobody has to know: made up on the first start and kept.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The parameter's.</param>
    /// <param name="variable">Names a variable that gives it instead: applications on the same stores have to have the same.</param>
    public static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name, string? variable = null) =>
        variable is not null && builder.ExecutionContext.IsRunMode && builder.Configuration[variable] is { Length: > 0 }
            ? builder.AddParameterFromConfiguration(name, variable, secret: true)
            : builder.AddParameter(name, new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true);

    /// <summary>The service's broker is the exchange of this application, whose patience has no limit of requests.</summary>
    public static IResourceBuilder<ProjectResource> TradesOn(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> exchange)
    {
        var address = exchange.GetEndpoint("http");
        return service
            .WithEnvironment("Broker__TradingUrl", address)
            .WithEnvironment("Broker__DataUrl", address)
            .WithEnvironment("Broker__DataStreamUrl", address)
            .WithEnvironment("Broker__RequestsPerMinute", "0")
            .WaitFor(exchange);
    }

    /// <summary>A switch of our command line becomes a variable of the service; without the switch there is none.</summary>
    public static IResourceBuilder<ProjectResource> WithSwitch(
        this IResourceBuilder<ProjectResource> service, string variable, string name, Func<string, string>? read = null) =>
        service.ApplicationBuilder.Configuration[name] is { Length: > 0 } value
            ? service.WithEnvironment(variable, read?.Invoke(value) ?? value)
            : service;

    /// <summary>The public port, when a variable asks for another than the launch profile's.</summary>
    /// <exception cref="DistributedApplicationException">It is no port.</exception>
    public static IResourceBuilder<ProjectResource> WithPortFrom(this IResourceBuilder<ProjectResource> service, string variable)
    {
        var builder = service.ApplicationBuilder;
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration[variable] is not { Length: > 0 } text)
        {
            return service;
        }

        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? service.WithEndpoint("http", endpoint => endpoint.Port = port)
            : throw new DistributedApplicationException($"{variable} is '{text}', which is no port: it has to be a number from 1 to 65535.");
    }

    /// <summary>The address that the public door listens on, when a variable asks for another than this machine's own: <c>0.0.0.0</c> lets all others in.</summary>
    public static IResourceBuilder<ProjectResource> WithHostFrom(this IResourceBuilder<ProjectResource> service, string variable)
    {
        var builder = service.ApplicationBuilder;
        return builder.ExecutionContext.IsRunMode && builder.Configuration[variable] is { Length: > 0 } host
            ? service.WithEndpoint("http", endpoint => endpoint.TargetHost = host)
            : service;
    }

    /// <summary>Full paths of files named on the command line, separated by commas; they are looked for where the command was given.</summary>
    /// <exception cref="DistributedApplicationException">One of them is not there.</exception>
    public static string FilesOfCaller(this IDistributedApplicationBuilder builder, string names) =>
        string.Join(',', names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(FileOfCaller));

    private static string FileOfCaller(string name)
    {
        // "dotnet run" may have changed the folder to the project's; the shell's variable still tells where it was called.
        var folders = new[] { Environment.GetEnvironmentVariable("PWD"), Directory.GetCurrentDirectory() };
        return folders.OfType<string>().Select(folder => Path.GetFullPath(name, folder)).FirstOrDefault(File.Exists)
            ?? throw new DistributedApplicationException($"There is no file '{name}' to replay, seen from {folders.OfType<string>().First()}.");
    }
}
