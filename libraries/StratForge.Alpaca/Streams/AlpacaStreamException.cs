namespace StratForge.Alpaca;

/// <summary>A stream's handshake or protocol failed. Streams report it as lost and try again; callers do not see it.</summary>
internal sealed class AlpacaStreamException(string message) : Exception(message);
