using System.Collections.Concurrent;
using System.Text.Json;
using JWT;
using JWT.Algorithms;
using JWT.Exceptions;
using JWT.Serializers;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Identity;

/// <summary>Signs and reads access tokens (JWT, HS256), for the <c>Authorization</c> header and for the browser's cookie.</summary>
internal sealed class AccessTokens
{
    private const string Issuer = "stratforge";

    // Some megabytes; beyond it they are proven anew.
    private const int MostRemembered = 10_000;

    // A caller sends the same token with every request, and proving it costs as much as a tenth of an order's intake.
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset ExpiresAt)> _proven = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset ExpiresAt)>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly byte[] _key;
    private readonly TimeProvider _clock;
    private readonly JwtEncoder _encoder;
    private readonly JwtDecoder _decoder;

    public AccessTokens(IOptions<JwtOptions> options, TimeProvider clock)
    {
        _byText = _proven.GetAlternateLookup<ReadOnlySpan<char>>();
        _key = options.Value.Key;
        _clock = clock;
        var json = new JsonNetSerializer();
        var base64 = new JwtBase64UrlEncoder();
        // The algorithm is ours, not the one that a token's header asks for.
        var algorithm = new HMACSHA256Algorithm();
        _encoder = new JwtEncoder(algorithm, json, base64);
        _decoder = new JwtDecoder(json, new JwtValidator(json, new ClockOf(clock)), base64, algorithm);
    }

    /// <summary>A token that says who <paramref name="caller"/> is, for as long as <paramref name="life"/>.</summary>
    public string Issue(Caller caller, TimeSpan life)
    {
        var now = _clock.GetUtcNow();
        return _encoder.Encode(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["iss"] = Issuer,
                ["sub"] = caller.UserId.ToString(),
                ["role"] = caller.Role,
                ["sid"] = caller.FamilyId.ToString(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = (now + life).ToUnixTimeSeconds(),
            },
            _key);
    }

    /// <summary>Who a token says its bearer is; null when it is forged, malformed or over.</summary>
    public (Caller Caller, DateTimeOffset ExpiresAt)? Read(ReadOnlySpan<char> token)
    {
        if (_byText.TryGetValue(token, out var known))
        {
            if (known.ExpiresAt > _clock.GetUtcNow())
            {
                return known;
            }

            _byText.TryRemove(token, out _);
            return null;
        }

        // A token of ours has some 300 characters; nobody makes us decode megabytes.
        if (token.Length > 2048)
        {
            return null;
        }

        var text = token.ToString();
        if (Prove(text) is not { } proven)
        {
            return null;
        }

        if (_proven.Count >= MostRemembered)
        {
            _proven.Clear();
        }

        _proven[text] = proven;
        return proven;
    }

    private (Caller Caller, DateTimeOffset ExpiresAt)? Prove(string token)
    {
        try
        {
            using var claims = JsonDocument.Parse(_decoder.Decode(token, _key, verify: true));
            var root = claims.RootElement;
            return root.GetProperty("iss").GetString() == Issuer
                ? (new Caller(
                        root.GetProperty("sub").GetGuid(),
                        root.GetProperty("role").GetString()!,
                        root.GetProperty("sid").GetGuid()),
                    DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("exp").GetInt64()))
                : null;
        }
        catch (Exception exception) when (IsOfTheToken(exception))
        {
            return null;
        }
    }

    // The decoder and its JSON library throw many types at malformed input; all of them mean "not a token of ours".
    private static bool IsOfTheToken(Exception exception) => exception is
        SignatureVerificationException or InvalidTokenPartsException or FormatException or JsonException or ArgumentException
        or KeyNotFoundException or InvalidOperationException or Newtonsoft.Json.JsonException;

    private sealed class ClockOf(TimeProvider clock) : IDateTimeProvider
    {
        public DateTimeOffset GetNow() => clock.GetUtcNow();
    }
}
