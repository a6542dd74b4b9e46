namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>Forwarded headers are not trusted when deployed.</summary>
public sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;
