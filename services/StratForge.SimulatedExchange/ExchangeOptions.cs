using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.SimulatedExchange;

/// <summary>When stocks trade.</summary>
internal enum TradingHours
{
    /// <summary>Every symbol trades at any market time; the clock always says open.</summary>
    Always,

    /// <summary>New York's sessions, holidays and half days; crypto around the clock.</summary>
    Nyse,
}

/// <summary>How this exchange behaves. Section <c>Exchange</c> of the configuration.</summary>
internal sealed class ExchangeOptions
{
    public const string Section = "Exchange";

    /// <summary>The key id a client has to send.</summary>
    [Required(ErrorMessage = "Exchange:ApiKey is missing: the key id clients have to send.")]
    public string ApiKey { get; set; } = "";

    /// <summary>The secret that belongs to it.</summary>
    [Required(ErrorMessage = "Exchange:SecretKey is missing: the secret clients have to send.")]
    public string SecretKey { get; set; } = "";

    /// <summary>Files of bars to replay, comma-separated. Absent: the synthetic market.</summary>
    public string? Replay { get; set; }

    /// <summary>Market seconds that pass in one real second.</summary>
    /// <value>Above 0, at most 100,000. Default 60: one market minute a second.</value>
    [Range(0.001, 100_000, ErrorMessage = "Exchange:Speed must lie between 0.001 and 100000 market seconds per second.")]
    public double Speed { get; set; } = 60;

    /// <summary>Where the account, the orders and the market clock are kept; one folder below it per market. Absent: nothing survives a restart.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>When stocks trade.</summary>
    [EnumDataType(typeof(TradingHours), ErrorMessage = "Exchange:Hours must be always or nyse.")]
    public TradingHours Hours { get; set; } = TradingHours.Always;

    /// <summary>Seed of the synthetic market and of partial fills. The same seed gives the same prices.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Width of the quote in basis points of the price. Default 2 in the synthetic market, 0 in a replay.</summary>
    [Range(0, 1_000, ErrorMessage = "Exchange:SpreadBps must lie between 0 and 1000 basis points.")]
    public double? SpreadBps { get; set; }

    /// <summary>How likely a moment at which an order could trade gives it only a part.</summary>
    /// <value>0 to 0.95. Default 0; Alpaca's paper accounts have 0.1.</value>
    [Range(0, 0.95, ErrorMessage = "Exchange:PartialFillProbability must lie between 0 and 0.95.")]
    public double PartialFillProbability { get; set; }

    /// <summary>Requests per minute each for trading and for data, as a bucket that refills evenly; 0 is no limit. Alpaca has 200.</summary>
    [Range(0, 1_000_000, ErrorMessage = "Exchange:RequestsPerMinute must lie between 0 (no limit) and 1000000.")]
    public int RequestsPerMinute { get; set; }

    /// <summary>Dollars in the account at its first start.</summary>
    [Range(1, 1e12, ErrorMessage = "Exchange:StartingCash must lie between 1 and 1000000000000 dollars.")]
    public double StartingCash { get; set; } = 100_000;

    /// <summary>Margin of the account: 4 and 2 lend, 1 is cash only and cannot sell short.</summary>
    [AllowedValues(1, 2, 4, ErrorMessage = "Exchange:Multiplier must be 1, 2 or 4.")]
    public int Multiplier { get; set; } = 4;
}

[OptionsValidator]
internal sealed partial class ExchangeOptionsValidator : IValidateOptions<ExchangeOptions>;
