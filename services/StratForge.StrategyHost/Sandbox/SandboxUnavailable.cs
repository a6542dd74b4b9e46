namespace StratForge.StrategyHost.Sandbox;

/// <summary>The cage can't be built on this machine, so no strategy runs; the message says what is missing.</summary>
internal sealed class SandboxUnavailable(string message) : Exception(message);
