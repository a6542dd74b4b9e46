using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Market;

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
    public string ApiKey { get; set; } = "";

    /// <summary>The secret that belongs to it.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Opens the admin API, which plans faults: the bearer token its callers have to send. Absent: there is no admin API.</summary>
    /// <value>16 characters or more, another than the secret key.</value>
    public string? AdminKey { get; set; }

    /// <summary>Files of bars to replay, comma-separated. Absent: the synthetic market.</summary>
    public string? Replay { get; set; }

    /// <summary>Holds the market clock at its beginning until somebody listens to minute bars, so that who starts a session by hand
    /// after the exchange misses nothing of a replay. Default no.</summary>
    public bool AwaitListener { get; set; }

    /// <summary>Market seconds that pass in one real second.</summary>
    /// <value>Above 0, at most 100,000. Default 60: one market minute a second.</value>
    public double Speed { get; set; } = 60;

    /// <summary>Where the account, the orders and the market clock are kept; one folder below it per market. Absent: nothing survives a restart.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>When stocks trade.</summary>
    public TradingHours Hours { get; set; } = TradingHours.Always;

    /// <summary>Seed of the synthetic market and of partial fills. The same seed gives the same prices.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Stocks that trade in whole shares only, comma-separated. Absent: all of them trade in fractions.</summary>
    public string? WholeShares { get; set; }

    /// <summary>Width of the quote in basis points of the price. Default 2 in the synthetic market, 0 in a replay.</summary>
    public double? SpreadBps { get; set; }

    /// <summary>How likely a moment at which an order could trade gives it only a part.</summary>
    /// <value>0 to 0.95. Default 0; Alpaca's paper accounts have 0.1.</value>
    public double PartialFillProbability { get; set; }

    /// <summary>Requests per minute each for trading and for data, as a bucket that refills evenly; 0 is no limit. Alpaca has 200.</summary>
    public int RequestsPerMinute { get; set; }

    /// <summary>What the account may see of the market. Default everything; Alpaca's free accounts have the basic plan.</summary>
    public MarketDataPlan Plan { get; set; } = MarketDataPlan.Plus;

    /// <summary>Dollars in the account at its first start.</summary>
    public double StartingCash { get; set; } = 100_000;

    /// <summary>Margin of the account: 4 and 2 lend, 1 is cash only and cannot sell short.</summary>
    public int Multiplier { get; set; } = 4;

    /// <summary>Whether a part of one share of a symbol can be traded.</summary>
    public bool IsFractionable(string symbol) =>
        string.IsNullOrEmpty(WholeShares) || !WholeShares.Split(',', StringSplitOptions.TrimEntries).Contains(symbol, StringComparer.Ordinal);
}

/// <summary>Says at the door what is wrong, in words that name the setting.</summary>
internal sealed class ExchangeOptionsValidator : IValidateOptions<ExchangeOptions>
{
    private const int LeastAdminKey = 16;

    public ValidateOptionsResult Validate(string? name, ExchangeOptions options)
    {
        var wrong = Faults(options).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Faults(ExchangeOptions options)
    {
        if (options.ApiKey.Length == 0 || options.SecretKey.Length == 0)
        {
            yield return "Exchange:ApiKey and Exchange:SecretKey are needed: the pair that clients have to send.";
        }

        if (options.AdminKey is { Length: > 0 and < LeastAdminKey } || (options.AdminKey is not null && options.AdminKey == options.SecretKey))
        {
            yield return $"Exchange:AdminKey must have at least {LeastAdminKey} characters and differ from Exchange:SecretKey; leave it out for no admin API.";
        }

        if (options.Speed is not (> 0 and <= 100_000))
        {
            yield return "Exchange:Speed must be above 0 and at most 100000 market seconds per second.";
        }

        if (options.SpreadBps is not (null or (>= 0 and <= 1_000)))
        {
            yield return "Exchange:SpreadBps must lie between 0 and 1000 basis points.";
        }

        if (options.PartialFillProbability is not (>= 0 and <= 0.95))
        {
            yield return "Exchange:PartialFillProbability must lie between 0 and 0.95.";
        }

        if (options.RequestsPerMinute is not (>= 0 and <= 1_000_000))
        {
            yield return "Exchange:RequestsPerMinute must lie between 0 (no limit) and 1000000.";
        }

        if (options.StartingCash is not (>= 1 and <= 1e12))
        {
            yield return "Exchange:StartingCash must lie between 1 and 1000000000000 dollars.";
        }

        if (options.Multiplier is not (1 or 2 or 4))
        {
            yield return "Exchange:Multiplier must be 1, 2 or 4.";
        }

        if (!Enum.IsDefined(options.Plan))
        {
            yield return "Exchange:Plan must be plus or basic.";
        }

        if (!Enum.IsDefined(options.Hours))
        {
            yield return "Exchange:Hours must be always or nyse.";
        }
    }
}
