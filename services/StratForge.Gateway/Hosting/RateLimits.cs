using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace StratForge.Gateway.Hosting;

/// <summary>How often one address may try to get in.</summary>
internal static class RateLimits
{
    /// <summary>Policy of everything that takes a password or a refresh token.</summary>
    public const string Auth = "auth";

    // Enough for a classroom behind one address to sign in within a minute, few enough to make guessing passwords hopeless.
    private const int DefaultAuthPerMinute = 30;

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var perMinute = builder.Configuration.GetValue("RateLimits:AuthPerMinute", DefaultAuthPerMinute);
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(Auth, context => RateLimitPartition.GetSlidingWindowLimiter(
                AddressOf(context),
                _ => new SlidingWindowRateLimiterOptions
                {
                    PermitLimit = perMinute,
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
            $"This address has asked too often. Try again in {seconds} seconds."));
    }
}
