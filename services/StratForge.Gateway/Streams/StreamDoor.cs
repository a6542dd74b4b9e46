namespace StratForge.Gateway.Streams;

/// <summary>Which of the doors a connection came through: it says what may be asked there.</summary>
internal enum StreamDoor
{
    /// <summary>All channels.</summary>
    Live,

    /// <summary>Market channels.</summary>
    Market,

    /// <summary>One topic, relayed as it is; nothing can be asked.</summary>
    Relay,
}
