namespace StratForge.LocalHosting.ApplicationModel;

public sealed class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}
