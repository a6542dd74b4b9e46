using StratForge.Alpaca;

namespace StratForge.Gateway.Broker;

/// <summary>The history of the account at Alpaca, or at the simulated exchange that speaks its protocol.</summary>
internal sealed class AlpacaHistory(AlpacaTradingClient trading) : IAccountHistory
{
    private static readonly string[] Types =
    [
        "CFEE", "FEE", "INT", "INTNRA", "INTTW", "DIV", "DIVCGL", "DIVCGS", "DIVFEE", "DIVFT", "DIVNRA", "DIVROC", "DIVTW", "DIVTXEX",
    ];

    // The clock's offset is New York's.
    public async Task<DateOnly> GetDateAsync(CancellationToken cancellationToken) =>
        DateOnly.FromDateTime((await trading.GetClockAsync(cancellationToken)).Timestamp.DateTime);

    public IAsyncEnumerable<AlpacaActivity> ListBookingsAsync(DateOnly from, CancellationToken cancellationToken) =>
        trading.ListActivitiesAsync(
            new AlpacaActivityQuery(Types, After: new DateTimeOffset(from.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)), cancellationToken);
}
