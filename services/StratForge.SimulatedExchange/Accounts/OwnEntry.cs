namespace StratForge.SimulatedExchange.Accounts;

/// <summary>Something the exchange booked in the account by itself: a fee, a dividend, interest.</summary>
/// <param name="Id">Never twice the same.</param>
/// <param name="Type">Alpaca's word: <c>CFEE</c>, <c>FEE</c>, <c>DIV</c>, <c>INT</c>, ...</param>
/// <param name="At">Market time at which it was booked.</param>
/// <param name="Date">The day it is for, in New York.</param>
/// <param name="Symbol">As orders spell it; null when it is about none.</param>
/// <param name="Quantity">Units: taken as a fee (negative), or entitled to a dividend.</param>
/// <param name="NetAmount">Dollars that came into the account; negative for those that left it.</param>
/// <param name="PerShareAmount">Dollars per unit of a dividend.</param>
/// <param name="Description">For a reader.</param>
/// <param name="Moves">Whether it moves cash and units; otherwise it only tells of what fills have moved already.</param>
internal sealed record OwnEntry(
    Guid Id,
    string Type,
    DateTimeOffset At,
    DateOnly Date,
    string? Symbol,
    decimal? Quantity,
    decimal NetAmount,
    decimal? PerShareAmount,
    string Description,
    bool Moves)
{
    /// <summary>What the account's cash moves by.</summary>
    public decimal Cash => Moves ? NetAmount : 0m;

    /// <summary>What the position moves by: a crypto fee is taken in units.</summary>
    public decimal Units => Moves && Type == "CFEE" ? Quantity ?? 0m : 0m;
}
