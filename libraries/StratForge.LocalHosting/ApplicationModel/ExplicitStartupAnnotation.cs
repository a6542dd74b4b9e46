namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>Stays down until a command starts it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
