namespace StratForge.Contracts.Internal;

/// <summary>How services show each other who they are.</summary>
public static class InternalHeaders
{
    /// <summary>Carries the service credential on every call below <c>/internal</c>.</summary>
    public const string ServiceKey = "X-StratForge-Service";
}
