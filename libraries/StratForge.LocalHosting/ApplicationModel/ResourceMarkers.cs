namespace StratForge.LocalHosting.ApplicationModel;

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
