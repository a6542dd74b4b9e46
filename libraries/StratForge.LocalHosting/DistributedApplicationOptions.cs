namespace StratForge.LocalHosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; null for the program's own.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Null for the folder the AppHost was built from.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Without the page and the telemetry receiver.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Passes what resources write to <c>ILogger</c> under <c>{application}.Resources.{name}</c>.</summary>
    public bool EnableResourceLogging { get; set; }
}
