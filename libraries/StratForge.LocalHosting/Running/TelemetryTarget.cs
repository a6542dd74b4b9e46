namespace StratForge.LocalHosting.Running;

/// <summary>Where services send their telemetry.</summary>
internal sealed record TelemetryTarget(string Endpoint, string Protocol, string? Headers);
