namespace StratForge.Alpaca;

/// <summary>What a stock's exchange says about trading in it.</summary>
/// <param name="Time">When it says so, UTC.</param>
/// <param name="Code">What happens. Stocks of tape C: <c>H</c> halt, <c>P</c> volatility pause, <c>Q</c> quotation resumes, <c>T</c> trading resumes; of the
/// others: <c>2</c> halt, <c>3</c> resume, and notes that change nothing.</param>
/// <param name="Message">The same in words.</param>
/// <param name="ReasonCode">Why: <c>T1</c> news pending, <c>LUDP</c> volatility, <c>MWC1</c> market-wide. May be empty.</param>
/// <param name="Reason">The same in words. May be empty.</param>
public sealed record AlpacaTradingStatus(DateTimeOffset Time, string Code, string Message, string ReasonCode, string Reason);
