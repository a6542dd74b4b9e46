using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account/configurations</c>.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/account/configurations", context =>
            WriteAsync(context, context.RequestServices.GetRequiredService<TradingFloor>().Ask(view => view.Book.Configuration)));
        routes.MapPatch("/v2/account/configurations", ChangeAsync);
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object)
        {
            await Answers.RefuseAsync(context, Refusals.Malformed);
            return;
        }

        var (changed, refusal) = context.RequestServices.GetRequiredService<TradingFloor>().Do((view, draft) =>
        {
            var (configuration, wrong) = Apply(view.Book.Configuration, body.RootElement);
            if (configuration is not null)
            {
                draft.Configure(configuration);
            }

            return (configuration, wrong);
        });
        await (changed is null ? Answers.RefuseAsync(context, refusal!) : WriteAsync(context, changed));
    }

    private static (AccountConfiguration? Configuration, Refusal? Refusal) Apply(AccountConfiguration configuration, JsonElement changes)
    {
        foreach (var change in changes.EnumerateObject())
        {
            var flag = change.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? change.Value.GetBoolean() : (bool?)null;
            var text = change.Value.ValueKind == JsonValueKind.String ? change.Value.GetString() : change.Value.GetRawText();
            var next = change.Name switch
            {
                "suspend_trade" when flag is { } value => configuration with { SuspendTrade = value },
                "no_shorting" when flag is { } value => configuration with { NoShorting = value },
                "fractional_trading" when flag is { } value => configuration with { FractionalTrading = value },
                "ptp_no_exception_entry" when flag is { } value => configuration with { PtpNoExceptionEntry = value },
                "disable_overnight_trading" when flag is { } value => configuration with { DisableOvernightTrading = value },
                "max_margin_multiplier" when text is "1" or "2" or "4" => configuration with { MaxMarginMultiplier = text },
                "trade_confirm_email" when text is "all" or "none" => configuration with { TradeConfirmEmail = text },
                "dtbp_check" when text is "both" or "entry" or "exit" => configuration with { DtbpCheck = text },
                "pdt_check" when text is "both" or "entry" or "exit" => configuration with { PdtCheck = text },
                "max_options_trading_level" when text is "null" => configuration with { MaxOptionsTradingLevel = null },
                "max_options_trading_level" when int.TryParse(text, out var level) && level is >= 0 and <= 3 => configuration with { MaxOptionsTradingLevel = level },
                "suspend_trade" or "no_shorting" or "fractional_trading" or "ptp_no_exception_entry" or "disable_overnight_trading"
                    or "max_margin_multiplier" or "trade_confirm_email" or "dtbp_check" or "pdt_check" or "max_options_trading_level" => null,
                _ => configuration,
            };
            if (next is null)
            {
                return (null, Refusals.Parameter($"{change.Name} value is invalid"));
            }

            configuration = next;
        }

        return (configuration, null);
    }

    private static Task WriteAsync(HttpContext context, AccountConfiguration configuration) => Answers.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("dtbp_check", configuration.DtbpCheck);
        json.WriteString("pdt_check", configuration.PdtCheck);
        json.WriteBoolean("fractional_trading", configuration.FractionalTrading);
        json.WriteString("max_margin_multiplier", configuration.MaxMarginMultiplier);
        json.WriteBoolean("no_shorting", configuration.NoShorting);
        json.WriteBoolean("suspend_trade", configuration.SuspendTrade);
        json.WriteString("trade_confirm_email", configuration.TradeConfirmEmail);
        json.WriteBoolean("ptp_no_exception_entry", configuration.PtpNoExceptionEntry);
        json.WriteBoolean("disable_overnight_trading", configuration.DisableOvernightTrading);
        if (configuration.MaxOptionsTradingLevel is { } level)
        {
            json.WriteNumber("max_options_trading_level", level);
        }
        else
        {
            json.WriteNull("max_options_trading_level");
        }

        json.WriteEndObject();
    });
}
