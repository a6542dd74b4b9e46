using System.Buffers.Binary;
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
    public static byte[] HashOf(OrderTerms terms) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{terms.Symbol}\n{terms.Side}\n{terms.Type}\n{terms.TimeInForce}\n{terms.Quantity:0.#########}\n{terms.LimitPrice:0.#########}")));
}
