using System.Globalization;

namespace StratForge.Alpaca;

/// <summary>Where the broker is and who we are there: configuration section <c>Broker</c>.</summary>
/// <remarks>The same settings point at Alpaca's paper account or at the simulated exchange. A host that trades real money is refused at start.</remarks>
public sealed class AlpacaOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Broker";

    /// <summary>Key id; paper keys begin with <c>PK</c>. Falls back to <c>ALPACA_API_KEY</c>. Required.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Secret of the key. Falls back to <c>ALPACA_SECRET_KEY</c>. Required; never logged.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Trading REST and, at <c>/stream</c>, the order stream. Default: Alpaca's paper account.</summary>
    public Uri TradingUrl { get; set; } = new("https://paper-api.alpaca.markets");

    /// <summary>Market-data REST.</summary>
    public Uri DataUrl { get; set; } = new("https://data.alpaca.markets");

    /// <summary>Market-data streams; <c>http</c> and <c>https</c> are taken as <c>ws</c> and <c>wss</c>.</summary>
    public Uri DataStreamUrl { get; set; } = new("wss://stream.data.alpaca.markets");

    /// <summary>Stock feed: <c>iex</c> (default; the free plan has it), <c>sip</c>, <c>delayed_sip</c>.</summary>
    public string StockFeed { get; set; } = "iex";

    /// <summary>Crypto venue: <c>us</c> by default.</summary>
    public string CryptoLocation { get; set; } = "us";

    /// <summary>Trading requests allowed per minute; as many again for market data. Default 200, which is what Alpaca allows one
    /// account. 0 switches the limit off.</summary>
    public int RequestsPerMinute { get; set; } = 200;

    /// <summary>How long one REST call may take. 100 ms to 5 min, default 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the first attempt to reconnect a stream; doubles with each failure. Default 250 ms.</summary>
    public TimeSpan ReconnectAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts to reconnect. Default 5 s.</summary>
    public TimeSpan ReconnectAfterAtMost { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether orders go to a simulated exchange.</summary>
    public bool IsSimulated => !AlpacaOptionsValidator.IsAlpaca(TradingUrl);

    /// <summary>Address of the order stream.</summary>
    public Uri TradeUpdatesUrl => AsWebSocket(TradingUrl, "/stream");

    /// <summary>Address of the stock data stream.</summary>
    public Uri StockStreamUrl => AsWebSocket(DataStreamUrl, $"/v2/{StockFeed}");

    /// <summary>Address of the crypto data stream.</summary>
    public Uri CryptoStreamUrl => AsWebSocket(DataStreamUrl, $"/v1beta3/crypto/{CryptoLocation}");

    /// <summary>Names the broker and the plan; no part of a key.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{TradingUrl.Host}, data {DataUrl.Host}, feed {StockFeed}, {RequestsPerMinute} requests/min");

    private static Uri AsWebSocket(Uri origin, string path)
    {
        var secure = origin.Scheme is "https" or "wss";
        return new UriBuilder(origin)
        {
            Scheme = secure ? "wss" : "ws",
            Port = origin.IsDefaultPort ? -1 : origin.Port,
            Path = origin.AbsolutePath.TrimEnd('/') + path,
        }.Uri;
    }
}
