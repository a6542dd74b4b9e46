namespace StratForge.Strategies;

/// <summary>Why a session ends.</summary>
public enum StopReason
{
    /// <summary>Its owner stopped it.</summary>
    User,

    /// <summary>The platform stopped it.</summary>
    Platform,
}
