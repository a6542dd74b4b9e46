namespace StratForge.Alpaca;

/// <summary>One trading day: <c>GET /v2/calendar</c>. Times are New York's.</summary>
/// <param name="Date">The day.</param>
/// <param name="Open">Start of the regular session, <c>09:30</c>.</param>
/// <param name="Close">Its end, <c>16:00</c>; earlier on half days.</param>
/// <param name="SettlementDate">When trades of that day settle.</param>
public sealed record AlpacaCalendarDay(DateOnly Date, TimeOnly Open, TimeOnly Close, DateOnly? SettlementDate = null);
