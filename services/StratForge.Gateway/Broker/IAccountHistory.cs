using StratForge.Alpaca;

namespace StratForge.Gateway.Broker;

/// <summary>What the venue books in the shared account by itself. Calls throw <see cref="AlpacaException"/>.</summary>
internal interface IAccountHistory
{
    /// <summary>Which day it is at the venue, in New York.</summary>
    Task<DateOnly> GetDateAsync(CancellationToken cancellationToken);

    /// <summary>Fees, dividends and interest that were booked on a day or later, oldest first.</summary>
    IAsyncEnumerable<AlpacaActivity> ListBookingsAsync(DateOnly from, CancellationToken cancellationToken);
}
