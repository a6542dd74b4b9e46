using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Sdk;

/// <summary>The market of the day, and what the account has to look like when its common part is over, whichever client traded.</summary>
internal static class TradingDay
{
    /// <summary>Everything the orders named <c>core-</c> came to: id, type, time in force, status, filled, at.</summary>
    public static readonly IReadOnlyList<string> Outcome =
    [
        "cash 99015.5",
        "AAPL 0.51 at 50",
        "BTCUSD 0.09975 at 500",
        "SPY 9 at 100.716049",
        "core-market market day filled 10 at 100",
        "core-limit limit gtc replaced 0 at -",
        "core-limit-2 limit gtc filled 5 at 99",
        "core-cancel limit day canceled 0 at -",
        "core-notional market day filled 0.51 at 50",
        "core-crypto market gtc filled 0.1 at 500",
        "core-short market day filled 5 at 40",
        "core-stop stop day filled 5 at 98",
        "core-stop-limit stop_limit day filled 2 at 105",
        "core-trail trailing_stop day filled 4 at 102",
        "core-ioc limit ioc canceled 0 at -",
        "core-fok limit fok filled 1 at 102",
        "core-cover market day filled 5 at 40",
    ];

    /// <summary>Twenty minutes of a Monday morning, each flat at its price.</summary>
    public static BarFile Market()
    {
        var file = BarFile.Empty();
        decimal[] spy = [100m, 100m, 101m, 102m, 99m, 98m, 100m, 105m, 105m, 102m];
        for (var minute = 0; minute < 20; minute++)
        {
            var at = BarFile.Start.AddMinutes(minute);
            Flat("SPY", spy[Math.Min(minute, spy.Length - 1)]);
            Flat("AAPL", minute < 12 ? 50m : 56m);
            Flat("MSFT", 40m);
            Flat("BTC/USD", 500m);

            void Flat(string symbol, decimal price) => file.Add(symbol, at, price, price, price, price);
        }

        return file;
    }

    public static Task<RunningExchange> OpenAsync(BarFile market) => RunningExchange.StartAsync(market, ("Hours", "nyse"));

    /// <summary>The account as <see cref="Outcome"/> words it.</summary>
    public static async Task<IReadOnlyList<string>> OutcomeOfAsync(RunningExchange exchange)
    {
        var account = await exchange.GetAsync("/v2/account");
        var positions = await exchange.GetAsync("/v2/positions");
        var orders = await exchange.GetAsync("/v2/orders?status=all&direction=asc&limit=500");
        return
        [
            $"cash {account["cash"].GetString()}",
            .. positions.Body.EnumerateArray().Select(position => $"{Text(position, "symbol")} {Text(position, "qty")} at {Text(position, "avg_entry_price")}"),
            .. orders.Body.EnumerateArray().Select(order =>
                $"{Text(order, "client_order_id")} {Text(order, "type")} {Text(order, "time_in_force")} {Text(order, "status")} {Text(order, "filled_qty")} at {Text(order, "filled_avg_price")}"),
        ];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "-";
}
