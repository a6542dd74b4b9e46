namespace StratForge.Trading.Brokerage;

/// <summary>Something the venue said about one of our broker orders, from the stream, from an answer or from a look.</summary>
/// <param name="BrokerOrderId">Our id of it.</param>
public abstract record VenueReport(Guid BrokerOrderId)
{
    /// <summary>The venue took it and gave it an id.</summary>
    public sealed record Acknowledged(Guid BrokerOrderId, Guid VenueOrderId) : VenueReport(BrokerOrderId);

    /// <summary>It is live at the venue.</summary>
    public sealed record Live(Guid BrokerOrderId, Guid VenueOrderId) : VenueReport(BrokerOrderId);

    /// <summary>Units of it were executed.</summary>
    /// <param name="BrokerOrderId">Our id of it.</param>
    /// <param name="VenueOrderId">The venue's id of it.</param>
    /// <param name="ExecutionId">The venue's id of the execution.</param>
    /// <param name="Quantity">Units of this execution.</param>
    /// <param name="Price">USD per unit.</param>
    /// <param name="OccurredAt">On the market's clock.</param>
    /// <param name="VenueFilled">Units filled after it, as the venue counts.</param>
    public sealed record Executed(
        Guid BrokerOrderId, Guid VenueOrderId, Guid ExecutionId, decimal Quantity, decimal Price, DateTimeOffset OccurredAt, decimal VenueFilled)
        : VenueReport(BrokerOrderId);

    /// <summary>It ended with units open.</summary>
    /// <param name="BrokerOrderId">Our id of it.</param>
    /// <param name="VenueOrderId">The venue's id of it; null when the venue no longer knows it.</param>
    /// <param name="Status"><c>canceled</c>, <c>expired</c> or <c>rejected</c>.</param>
    /// <param name="VenueFilled">Units filled at its end.</param>
    /// <param name="Detail">Why, if the venue said.</param>
    public sealed record Ended(Guid BrokerOrderId, Guid? VenueOrderId, string Status, decimal VenueFilled, string? Detail) : VenueReport(BrokerOrderId);

    /// <summary>The venue never took it.</summary>
    public sealed record Refused(Guid BrokerOrderId, string Code, string Detail) : VenueReport(BrokerOrderId);

    /// <summary>The venue did not take it because of something else that is open in the account: its orders wait again.</summary>
    public sealed record Held(Guid BrokerOrderId, string Reason) : VenueReport(BrokerOrderId);
}
