using System.Text.Json;

namespace StratForge.Gateway.Market;

/// <summary>Reads quotes as they are on the bus in one pass: that a message is whole, and what the gateway itself wants to know of it.</summary>
/// <remarks>Ten thousand a second come at the opening. Read into a record after a look whether it is whole, they took a sixth of all that the gateway did with them.</remarks>
internal static class QuoteReader
{
    /// <summary>No price of anything, and far from where sums of two overflow.</summary>
    public const decimal Absurd = 1_000_000_000_000_000m;

    /// <summary>Reads a quote.</summary>
    /// <param name="message">JSON of a <see cref="Contracts.Market.QuoteTick"/>.</param>
    /// <param name="symbol">Whose quote it is by its channel.</param>
    /// <param name="price">The middle of bid and offer; null when the message has not both, greater than zero, and a time, or is of another symbol.</param>
    /// <returns>Whether the message is one JSON object with something in it, and nothing around it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, string symbol, out LastPrice? price)
    {
        price = null;
        if (message is not [(byte)'{', .., (byte)'}'])
        {
            return false;
        }

        var (bid, ask, at, isOfSymbol) = (0m, 0m, default(DateTimeOffset), false);
        var json = new Utf8JsonReader(message);
        try
        {
            json.Read();
            if (!json.Read() || json.TokenType != JsonTokenType.PropertyName)
            {
                return false;
            }

            do
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (json.ValueTextEquals("symbol"u8))
                {
                    json.Read();
                    isOfSymbol = json.TokenType == JsonTokenType.String && json.ValueTextEquals(symbol);
                }
                else if (json.ValueTextEquals("bidPrice"u8))
                {
                    bid = NumberOf(ref json);
                }
                else if (json.ValueTextEquals("askPrice"u8))
                {
                    ask = NumberOf(ref json);
                }
                else if (json.ValueTextEquals("timestamp"u8))
                {
                    json.Read();
                    at = json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out var time) ? time : default;
                }
            }
            while (json.Read());
        }
        catch (JsonException)
        {
            return false;
        }

        if (isOfSymbol && bid is > 0 and < Absurd && ask is > 0 and < Absurd && at != default)
        {
            price = new LastPrice(symbol, (bid + ask) / 2, at, bid, ask);
        }

        return true;
    }

    private static decimal NumberOf(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number && json.TryGetDecimal(out var number) ? number : 0;
    }
}
