namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>How a resource appears in the manifest; <see cref="Ignore"/> leaves it out.</summary>
public sealed class ManifestPublishingCallbackAnnotation(Func<Publishing.ManifestPublishingContext, Task>? callback) : IResourceAnnotation
{
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new(null);

    public Func<Publishing.ManifestPublishingContext, Task>? Callback => callback;
}
