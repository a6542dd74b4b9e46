namespace StratForge.StrategyHost.Protocol;

/// <summary>A frame that is not part of the conversation.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
