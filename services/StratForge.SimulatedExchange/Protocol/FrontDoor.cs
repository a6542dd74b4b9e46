using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>What every request meets first: a request id, credentials, the rate limit. Requests to the admin API show another key and have no limit.</summary>
internal sealed class FrontDoor
{
    private readonly byte[] _key;
    private readonly byte[] _secret;
    private readonly byte[] _adminKey;
    private readonly TimeProvider _time;
    private readonly TokenBucket? _trading;
    private readonly TokenBucket? _data;
    private long _requests;

    public FrontDoor(IOptions<ExchangeOptions> options, TimeProvider time)
    {
        (_key, _secret) = (Encoding.UTF8.GetBytes(options.Value.ApiKey), Encoding.UTF8.GetBytes(options.Value.SecretKey));
        _adminKey = Encoding.UTF8.GetBytes(options.Value.AdminKey ?? "");
        _time = time;
        if (options.Value.RequestsPerMinute is > 0 and var limit)
        {
            (_trading, _data) = (new TokenBucket(limit, time), new TokenBucket(limit, time));
        }
    }

    /// <summary>What a successful answer says of the limit, and a refusal for it does not.</summary>
    public static readonly ImmutableArray<string> LimitHeaders = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];

    private static readonly ImmutableArray<string> DataPaths = ["/v2/stocks", "/v1beta1", "/v1beta3", "/v1/corporate-actions"];

    /// <summary>Whether a pair opens the account.</summary>
    public bool Knows(string? key, string? secret) =>
        key is not null && secret is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), _key)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), _secret);

    public async Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["X-Request-ID"] = RequestId();
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.Vary = "Origin";
        var path = context.Request.Path;
        if (HttpMethods.IsOptions(context.Request.Method) && !IsAdmin(path))
        {
            // A page asks before it sends credentials; that question carries none.
            context.Response.Headers.AccessControlAllowHeaders = "Apca-Api-Key-Id, Apca-Api-Secret-Key, Authorization, Content-Type";
            context.Response.Headers.AccessControlAllowMethods = "GET, OPTIONS, PUT, DELETE, POST, PATCH";
            context.Response.Headers.AccessControlMaxAge = "1728000";
            await Answers.NoContentAsync(context);
            return;
        }

        if (IsAdmin(path))
        {
            await EnterAdminAsync(context, next);
            return;
        }

        if (context.WebSockets.IsWebSocketRequest && context.GetEndpoint()?.Metadata.GetMetadata<AuthenticatesItself>() is not null)
        {
            await next(context);
            return;
        }

        var credentials = Credentials(context.Request);
        var isData = IsData(path);
        if (credentials is var (key, secret) ? !Knows(key, secret) : !IsOpenToAll(path))
        {
            await Answers.RefuseAsync(context, Refusals.Unauthorized);
            return;
        }

        if ((isData ? _data : _trading) is { } bucket)
        {
            if (!bucket.Take(out var remaining, out var resetsAt))
            {
                await Answers.RefuseAsync(context, Refusals.TooManyRequests);
                return;
            }

            context.Response.Headers[LimitHeaders[0]] = bucket.Capacity.ToString();
            context.Response.Headers[LimitHeaders[1]] = remaining.ToString();
            context.Response.Headers[LimitHeaders[2]] = resetsAt.ToUnixTimeSeconds().ToString();
        }

        await next(context);
    }

    /// <summary>The pair a request carries in its own headers or as Basic credentials; null when it carries none.</summary>
    public static (string? Key, string? Secret)? Credentials(HttpRequest request)
    {
        if (request.Headers.TryGetValue("APCA-API-KEY-ID", out var key) | request.Headers.TryGetValue("APCA-API-SECRET-KEY", out var secret))
        {
            return (key.ToString(), secret.ToString());
        }

        if (request.Headers.Authorization.ToString() is not { Length: > 0 } authorization)
        {
            return null;
        }

        const string Basic = "Basic ";
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return (null, null);
        }

        var decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), decoded, out var length))
        {
            return (null, null);
        }

        var pair = Encoding.UTF8.GetString(decoded, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (null, null) : (pair[..colon], pair[(colon + 1)..]);
    }

    /// <summary>Whether a path belongs to the admin API.</summary>
    public static bool IsAdmin(PathString path) => path.StartsWithSegments("/admin", StringComparison.Ordinal);

    /// <summary>Whether a path is one of the market-data API.</summary>
    public static bool IsData(PathString path) =>
        DataPaths.Any(prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal));

    // Without a key of its own the admin API is not there, for the account's owner neither.
    private Task EnterAdminAsync(HttpContext context, RequestDelegate next)
    {
        const string Bearer = "Bearer ";
        var authorization = context.Request.Headers.Authorization.ToString();
        return _adminKey.Length == 0 ? Answers.RefuseAsync(context, Refusals.UnknownRoute)
            : authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim()), _adminKey)
                ? next(context)
            : Answers.RefuseAsync(context, Refusals.Unauthorized);
    }

    // Historical crypto prices are public at Alpaca too.
    private static bool IsOpenToAll(PathString path) =>
        path.StartsWithSegments("/v1beta3/crypto", StringComparison.Ordinal) || path.StartsWithSegments("/v1beta1/crypto", StringComparison.Ordinal);

    private string RequestId() =>
        Guid.CreateVersion7(_time.GetUtcNow()).ToString("N")[..24] + (Interlocked.Increment(ref _requests) & 0xFFFFFFFF).ToString("x8");
}

/// <summary>Marks a stream, whose clients show their credentials in its first message.</summary>
internal sealed class AuthenticatesItself;
