using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account</c>.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/account", ReadAsync);
    }

    private static Task ReadAsync(HttpContext context)
    {
        var (figures, id, createdAt, lastEquity, configuration, now) = context.RequestServices.GetRequiredService<TradingFloor>().Ask(view =>
            (view.Figures(), view.Book.AccountId, view.Book.CreatedAt, view.Book.LastEquity(NewYork.DateOf(view.Now)), view.Book.Configuration, view.Now));
        return Answers.WriteAsync(context, json => Write(json, figures, id, createdAt, lastEquity, configuration, now));
    }

    private static void Write(
        Utf8JsonWriter json, AccountFigures figures, Guid id, DateTimeOffset createdAt, decimal lastEquity, AccountConfiguration configuration, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("account_number", $"PA3{id.ToString("N")[^9..].ToUpperInvariant()}");
        json.WriteString("status", "ACTIVE");
        json.WriteString("crypto_status", "ACTIVE");
        json.WriteString("currency", "USD");
        Cents("cash", figures.Cash);
        Cents("equity", figures.Equity);
        Cents("portfolio_value", figures.Equity);
        json.WriteDecimal("last_equity", lastEquity);
        Cents("buying_power", figures.BuyingPower);
        Cents("effective_buying_power", figures.BuyingPower);
        Cents("regt_buying_power", figures.RegTBuyingPower);
        Cents("non_marginable_buying_power", figures.NonMarginableBuyingPower);
        Cents("options_buying_power", figures.NonMarginableBuyingPower);
        Cents("initial_margin", figures.InitialMargin);
        Cents("maintenance_margin", figures.MaintenanceMargin);
        json.WriteString("last_maintenance_margin", "0");
        Cents("sma", figures.Equity);
        json.WriteString("multiplier", figures.Multiplier.ToString());
        Cents("long_market_value", figures.LongValue);
        Cents("short_market_value", figures.ShortValue);
        Cents("position_market_value", figures.LongValue + figures.ShortValue);
        foreach (var neutral in (ReadOnlySpan<string>)["accrued_fees", "pending_reg_taf_fees", "intraday_adjustments"])
        {
            json.WriteString(neutral, "0");
        }

        json.WriteString("balance_asof", TradingCalendar.PreviousTradingDay(NewYork.DateOf(now)).ToString("yyyy-MM-dd"));
        json.WriteInstant("created_at", createdAt);
        foreach (var never in (ReadOnlySpan<string>)["trading_blocked", "transfers_blocked", "account_blocked"])
        {
            json.WriteBoolean(never, false);
        }

        json.WriteBoolean("trade_suspended_by_user", configuration.SuspendTrade);
        json.WriteBoolean("shorting_enabled", figures.Multiplier > 1 && !configuration.NoShorting);
        json.WriteNumber("options_approved_level", 0);
        json.WriteNumber("options_trading_level", 0);
        json.WriteNumber("crypto_tier", 1);
        json.WriteStartObject("admin_configurations");
        json.WriteEndObject();
        json.WriteNull("user_configurations");

        // Gone from Alpaca since July 2026, but clients in use read them as required.
        json.WriteBoolean("pattern_day_trader", false);
        json.WriteNumber("daytrade_count", 0);
        foreach (var legacy in (ReadOnlySpan<string>)["daytrading_buying_power", "bod_dtbp", "last_daytrading_buying_power"])
        {
            json.WriteString(legacy, "0");
        }

        json.WriteEndObject();

        void Cents(string name, decimal value) => json.WriteDecimal(name, decimal.Round(value, 2, MidpointRounding.AwayFromZero));
    }
}
