using System.Collections.Concurrent;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>Counts orders that were refused on the short way, as all other requests are counted. Those that are taken in have the limit of the risk checks
/// and cost nothing here.</summary>
internal sealed class RefusedOrders(IOptions<RateLimiterOptions> limits, TimeProvider clock)
{
    // Meanwhile each of his orders is counted before it is looked at, and told when to come again.
    private static readonly TimeSpan ClosedFor = TimeSpan.FromSeconds(5);

    // One entry per user of whom more was refused than he may ask for, until he orders again.
    private readonly ConcurrentDictionary<Guid, long> _closedAt = new();

    /// <summary>Whether a user's orders have to go the whole way: too many were refused.</summary>
    public bool IsClosedTo(Guid userId)
    {
        if (!_closedAt.TryGetValue(userId, out var at))
        {
            return false;
        }

        if (clock.GetElapsedTime(at) < ClosedFor)
        {
            return true;
        }

        _closedAt.TryRemove(userId, out _);
        return false;
    }

    /// <summary>Counts an order that was refused.</summary>
    /// <param name="context">Its request, answered.</param>
    /// <param name="caller">Whose it is.</param>
    public void Count(HttpContext context, Caller caller)
    {
        context.User = caller.ToPrincipal(CallerAuthentication.SchemeName);
        using var counted = limits.Value.GlobalLimiter!.AttemptAcquire(context);
        if (!counted.IsAcquired)
        {
            _closedAt[caller.UserId] = clock.GetTimestamp();
        }
    }
}
