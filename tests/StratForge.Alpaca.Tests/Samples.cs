namespace StratForge.Alpaca.Tests;

/// <summary>What the venue says, with every key it sends.</summary>
internal static class Samples
{
    public const string Account = """
        {"id":"71c1f1c4-2a1e-4d0a-8d64-1d5f7a3f9b02","account_number":"PA3TEST00001","status":"ACTIVE","crypto_status":"ACTIVE","currency":"USD",
         "cash":"90210.55","equity":"100120.55","portfolio_value":"100120.55","last_equity":"100003.74258806517","buying_power":"388590.2",
         "effective_buying_power":"388590.2","regt_buying_power":"190331.1","non_marginable_buying_power":"90210.55","initial_margin":"4955",
         "maintenance_margin":"2973","multiplier":"4","long_market_value":"9910","short_market_value":"0","created_at":"2026-09-01T13:00:00.123456Z",
         "trading_blocked":false,"transfers_blocked":false,"account_blocked":false,"trade_suspended_by_user":false,"shorting_enabled":true,
         "admin_configurations":{},"user_configurations":null}
        """;

    public const string OrderId = "3f1d3f52-0a6e-4ad1-9a27-54b7b8a5d0f1";

    public static string Order(string status = "pending_new", string filled = "0", string? averagePrice = null, string qty = "\"0.057436865\"") => $$"""
        {"id":"{{OrderId}}","client_order_id":"ours-1","created_at":"2026-10-08T15:10:18.094153596Z","updated_at":"2026-10-08T15:10:18.0952164Z",
         "submitted_at":"2026-10-08T15:10:18.094153596Z","filled_at":null,"expired_at":null,"expires_at":"2026-10-08T20:00:00Z","canceled_at":null,
         "failed_at":null,"replaced_at":null,"replaced_by":null,"replaces":null,"asset_id":"b0b6dd9d-8b9b-48a9-ba46-b9d54906e415","symbol":"KO",
         "asset_class":"us_equity","notional":null,"qty":{{qty}},"filled_qty":"{{filled}}","filled_avg_price":{{(averagePrice is null ? "null" : $"\"{averagePrice}\"")}},
         "order_class":"","order_type":"market","type":"market","side":"buy","position_intent":"buy_to_open","time_in_force":"day","limit_price":null,
         "stop_price":null,"status":"{{status}}","extended_hours":false,"legs":null,"trail_percent":null,"trail_price":null,"hwm":null,"subtag":null,"source":null}
        """;

    public static string TradeUpdate(string tradeEvent, string executionId, string price = "86.878", string qty = "0.057436865") => $$$"""
        {"stream":"trade_updates","data":{"event":"{{{tradeEvent}}}","timestamp":"2026-10-08T11:10:18.721-04:00","order":{{{Order("filled", qty, price)}}},
         "price":"{{{price}}}","qty":"{{{qty}}}","position_qty":"0.057436865","execution_id":"{{{executionId}}}"}}
        """;
}
