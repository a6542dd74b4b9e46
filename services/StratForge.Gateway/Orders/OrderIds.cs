using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Ids of orders whose sender names them: the same key of the same user always gives the same order, so a repeat after
/// any failure finds the first one.</summary>
internal static class OrderIds
{
    /// <summary>The id of the order a user calls <paramref name="key"/>.</summary>
    /// <param name="userId">The user; keys of different users have nothing to do with each other.</param>
    /// <param name="kind">What kind of key it is: <c>client_order_id</c> or <c>idempotency-key</c>.</param>
    /// <param name="key">The key.</param>
    /// <returns>A version 8 UUID: the head of a SHA-256.</returns>
    public static Guid Derive(Guid userId, string kind, string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{userId}\n{kind}\n{key}"));
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>What a key stands for: two requests with the same key have to agree in this.</summary>
    public static byte[] HashOf(OrderWish wish)
    {
        var terms = wish.Terms;
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {terms.Symbol}
            {terms.Side}
            {terms.Type}
            {terms.TimeInForce}
            {terms.Quantity:0.#########}
            {terms.LimitPrice:0.#########}
            {terms.StopPrice:0.#########}
            {terms.TrailPrice:0.#########}
            {terms.TrailPercent:0.#########}
            {wish.Notional:0.#########}
            {wish.OrderClass}
            {wish.Legs?.TakeProfit:0.#########}
            {wish.Legs?.Stop:0.#########}
            {wish.Legs?.StopLimit:0.#########}
            """)));
    }
}
