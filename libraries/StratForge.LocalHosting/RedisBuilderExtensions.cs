using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Publishing;

namespace StratForge.LocalHosting;

public static class RedisBuilderExtensions
{
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port) =>
        builder.AddRedis(name, port, null);

    /// <summary>A Redis server: one that is given in configuration, a native one, or one in a container.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        // Redis clients split their connection strings at commas and some at other signs too.
        var resource = new RedisResource(
            name, password?.Resource ?? builder.CreateDefaultPasswordParameter($"{name}-password", special: false));
        return builder.AddResource(resource)
            .WithEndpoint(port: port, targetPort: 6379, name: "tcp", scheme: "redis")
            .WithAnnotation(new ContainerImageAnnotation { Registry = "docker.io", Image = "library/redis", Tag = "8.6" })
            .WithAnnotation(new NativeServerAnnotation(new NativeRedis(resource)))
            .WithEntrypoint("/bin/sh")
            .WithEnvironment(context =>
            {
                if (resource.PasswordParameter is { } secret)
                {
                    context.EnvironmentVariables["REDIS_PASSWORD"] = secret;
                }
            })
            .WithArgs(context =>
            {
                var command = "redis-server";
                if (resource.PasswordParameter is not null)
                {
                    // The shell's variable, because a secret does not belong on a command line.
                    command += " --requirepass $REDIS_PASSWORD";
                }

                if (resource.TryGetLastAnnotation<PersistenceAnnotation>(out var persistence))
                {
                    command += $" --save {(persistence.Interval ?? TimeSpan.FromSeconds(60)).TotalSeconds} {persistence.KeysChangedThreshold}";
                }

                context.Args.Add("-c");
                context.Args.Add(command);
            });
    }

    public static IResourceBuilder<RedisResource> WithDataVolume(
        this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        builder.WithVolume(name ?? VolumeName.For(builder, "data"), "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithDataBindMount(
        this IResourceBuilder<RedisResource> builder, string source, bool isReadOnly = false)
    {
        builder.WithBindMount(source, "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    /// <param name="builder">The server.</param>
    /// <param name="interval">How often it looks whether there is something to save; 60 seconds unless said.</param>
    /// <param name="keysChangedThreshold">Changes from which it saves.</param>
    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1) =>
        builder.WithAnnotation(new PersistenceAnnotation(interval, keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);

    /// <param name="builder">The server.</param>
    /// <param name="password">Null for a server without one.</param>
    public static IResourceBuilder<RedisResource> WithPassword(
        this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        builder.Resource.PasswordParameter = password?.Resource;
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port) =>
        builder.WithEndpoint("tcp", endpoint => endpoint.Port = port);
}
