namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>One thing of the application: a process, a server, a database, a value.</summary>
public interface IResource
{
    /// <summary>1 to 64 ASCII letters, digits and hyphens; begins with a letter; unique without regard to case.</summary>
    string Name { get; }

    /// <summary>What is known about the resource, in the order it was said.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>Takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>Listens on addresses.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>Is found by others under its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>Can be held back until others are ready.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>Has no process of its own: a value.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>Is deployed as a process or container.</summary>
public interface IComputeResource : IResource;

/// <summary>Lives inside another resource and follows its state.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

/// <inheritdoc cref="IResourceWithParent"/>
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}

/// <summary>Is reached through a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    ReferenceExpression ConnectionStringExpression { get; }

    /// <summary>The variable that carries it; null for <c>ConnectionStrings__{name}</c>.</summary>
    string? ConnectionStringEnvironmentVariable => null;

    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    /// <summary>The parts of the connection string, each for a variable of its own (<c>REDIS_HOST</c>).</summary>
    IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [];

    string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);

    IEnumerable<object> IValueWithReferences.References => [ConnectionStringExpression];
}
