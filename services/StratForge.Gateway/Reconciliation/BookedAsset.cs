namespace StratForge.Gateway.Reconciliation;

/// <summary>How much of an asset the books say is at the broker, and whose it is.</summary>
/// <param name="Asset"><c>USD</c>, or a symbol for its units.</param>
/// <param name="Users">All users together: free, reserved and margin.</param>
/// <param name="House">The house's own; below zero where users were given more than it had.</param>
/// <param name="Suspense">Differences that somebody explained.</param>
/// <param name="Rounding">Fractions of a cent that the house bore.</param>
internal sealed record BookedAsset(string Asset, decimal Users, decimal House, decimal Suspense, decimal Rounding)
{
    /// <summary>Name of the cash among the assets.</summary>
    public const string Usd = "USD";

    /// <summary>What has to be at the broker.</summary>
    public decimal Expected => Users + House + Suspense + Rounding;

    public static BookedAsset None(string asset) => new(asset, 0, 0, 0, 0);
}
