namespace StratForge.Gateway.Streams.Bus;

/// <summary>One message of the bus, after its channel and what has to be known of its content were read.</summary>
/// <param name="Topic">What it is about; null for a user's event.</param>
/// <param name="Start">Where its payload begins in the batch.</param>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="UserId">Of an event, whose.</param>
/// <param name="EventId">Of an event, its number.</param>
/// <param name="Kind">Of an event, its kind.</param>
internal readonly record struct BusMessage(Topic? Topic, int Start, int Length, Guid UserId, long EventId, EventKinds Kind);
