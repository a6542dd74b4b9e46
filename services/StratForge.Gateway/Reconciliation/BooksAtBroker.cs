namespace StratForge.Gateway.Reconciliation;

/// <summary>The books as far as the broker is concerned, all read at one moment.</summary>
/// <param name="Assets">What has to be at the broker, by asset.</param>
/// <param name="Orders">Broker orders that the venue may have filled further, oldest first.</param>
/// <param name="WasTraded">Whether anything was ever traded there.</param>
/// <param name="WasTakenOver">Whether what was there before is the house's already.</param>
internal sealed record BooksAtBroker(
    IReadOnlyDictionary<string, BookedAsset> Assets, IReadOnlyList<OrderInFlight> Orders, bool WasTraded, bool WasTakenOver);
