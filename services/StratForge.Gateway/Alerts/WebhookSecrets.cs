using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Alerts;

/// <summary>Makes the secrets of webhooks, and encrypts them for the database (AES-256-GCM, bound to their webhook).</summary>
internal sealed class WebhookSecrets(IOptions<AlertOptions> options, IOptions<JwtOptions> tokens)
{
    private const string Prefix = "whsec_";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Derived, so that the key of the access tokens is used for nothing but them.
    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        options.Value.SecretsKey.Length > 0 ? Encoding.UTF8.GetBytes(options.Value.SecretsKey) : tokens.Value.Key,
        32,
        info: "stratforge webhook secrets"u8.ToArray());

    /// <summary>A new secret of 256 random bits.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Nonce, tag and text.</summary>
    public byte[] Encrypt(Guid webhookId, string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var stored = new byte[NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            stored.AsSpan(0, NonceBytes), text, stored.AsSpan(NonceBytes + TagBytes), stored.AsSpan(NonceBytes, TagBytes), webhookId.ToByteArray());
        return stored;
    }

    /// <summary>The secret; null when it was encrypted with another key.</summary>
    public string? Decrypt(Guid webhookId, ReadOnlySpan<byte> stored)
    {
        if (stored.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var text = new byte[stored.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(stored[..NonceBytes], stored[(NonceBytes + TagBytes)..], stored.Slice(NonceBytes, TagBytes), text, webhookId.ToByteArray());
            return Encoding.UTF8.GetString(text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
