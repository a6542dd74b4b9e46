using System.Text.Json.Serialization;

namespace StratForge.Contracts.Orders;

/// <summary>Direction of an order. <c>BUY</c> and <c>SELL</c> in our own API; <c>buy</c> and <c>sell</c> in Alpaca's shapes and in the tables of orders.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Side>))]
public enum Side
{
    /// <summary>Buy.</summary>
    [JsonStringEnumMemberName("BUY")] Buy,

    /// <summary>Sell.</summary>
    [JsonStringEnumMemberName("SELL")] Sell,
}
