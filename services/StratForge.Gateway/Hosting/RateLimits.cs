using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Hosting;

/// <summary>How often one may ask: each user, and each address for whoever is not signed in.</summary>
/// <remarks>Not counted are the internal port, whose callers are our own services, health probes and the page's files, which cost next to nothing, and
/// orders that are taken in on the short way past all of this: their limit is the one of the risk checks, orders per minute. Those that are refused there
/// are counted.</remarks>
internal static class RateLimits
{
    /// <summary>Policy of everything that takes a password or a refresh token.</summary>
    public const string Auth = "auth";

    private const int SecondsSaved = 30;

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var internalPort = ListeningAddresses.InternalPort(builder.Configuration);
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>();
        builder.Services.AddRateLimiter();
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, options) =>
        {
            var limits = options.Value;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Asker>(context =>
                context.Connection.LocalPort == internalPort ? RateLimitPartition.GetNoLimiter(default(Asker))
                : Caller.From(context.User) is { UserId: var id } ? Bucket(new Asker(id, null), limits.UserPerSecond)
                : Bucket(new Asker(null, AddressOf(context)), limits.AddressPerSecond));
            limiter.AddPolicy(Auth, context => RateLimitPartition.GetSlidingWindowLimiter(
                AddressOf(context),
                _ => new SlidingWindowRateLimiterOptions
                {
                    PermitLimit = limits.AuthPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    SegmentsPerWindow = 6,
                    QueueLimit = 0,
                }));
            limiter.OnRejected = RejectAsync;
        });
    }

    // IPv6 hosts own a whole /64, so that is one address here.
    internal static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.GetAddressBytes() is { Length: 16 } bytes
            ? new IPAddress([.. bytes[..8], 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address.ToString();
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter)
            ? retryAfter
            : TimeSpan.FromSeconds(10);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await FailureAnswers.WriteAsync(context.HttpContext, Problems.Details(
            StatusCodes.Status429TooManyRequests, "too-many-requests", "Too many requests",
            $"That was too often for one user or one address. Try again in {seconds} seconds."));
    }

    private static RateLimitPartition<Asker> Bucket(Asker asker, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(
        asker,
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * SecondsSaved,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });

    private readonly record struct Asker(Guid? UserId, string? Address);
}
