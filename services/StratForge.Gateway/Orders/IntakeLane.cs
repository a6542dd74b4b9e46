using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>A short way to the endpoints by which orders come in. A request about which there is nothing to find out goes to its endpoint at once: this
/// gateway keeps the books, the caller's token is proven and his sign-in known to be alive, not too many of his orders were refused, no other site's page
/// and no <c>Idempotency-Key</c> is involved. Everything else goes through the whole pipeline and comes to the same answer there.</summary>
/// <remarks>An endpoint's <see cref="IPlainIntake"/> takes what is as plain as nearly all is past the framework's binding, filters and results too.</remarks>
internal static class IntakeLane
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>Opens the short way to an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="plain">Takes its plain requests; null when it has no such.</param>
    /// <exception cref="InvalidOperationException">When the endpoint is built: it asks for more than a signed-in caller, which only the whole pipeline looks at.</exception>
    public static TBuilder WithIntakeLane<TBuilder>(this TBuilder endpoint, Func<IServiceProvider, IPlainIntake>? plain = null)
        where TBuilder : IEndpointConventionBuilder
    {
        // Last of all: what the endpoint's group asks for is there by then.
        endpoint.Finally(built => built.Metadata.Add(LaneOf(built.Metadata, built.DisplayName, plain?.Invoke(built.ApplicationServices))));
        return endpoint;
    }

    /// <summary>Takes the short way where it is open. Belongs right behind routing.</summary>
    public static void UseIntakeLane(this WebApplication app)
    {
        var books = app.Services.GetRequiredService<BookKeeper>();
        var tokens = app.Services.GetRequiredService<AccessTokens>();
        var signIns = app.Services.GetRequiredService<SignIns>();
        var refused = app.Services.GetRequiredService<RefusedOrders>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint() is not { RequestDelegate: { } endpoint } found
                || found.Metadata.GetMetadata<Lane>() is not { } lane
                || !books.IsLeading
                || context.Request.Headers is not { Origin.Count: 0 } headers
                || headers.ContainsKey(IdempotencyKeys.Header))
            {
                return next(context);
            }

            var caller = lane.NeedsCaller ? CallerOf(headers, tokens, signIns) : null;
            if (lane.NeedsCaller && (caller is null || refused.IsClosedTo(caller.UserId)))
            {
                return next(context);
            }

            return lane.Plain is { } plain && plain.TryTake(context, caller, out var answered) ? answered
                : caller is null ? endpoint(context)
                : CallAsync(endpoint, context, caller, refused);
        });
    }

    private static async Task CallAsync(RequestDelegate endpoint, HttpContext context, Caller caller, RefusedOrders refused)
    {
        context.User = caller.ToPrincipal(CallerAuthentication.SchemeName);
        try
        {
            await endpoint(context);
        }
        catch (BadHttpRequestException)
        {
            refused.Count(context, caller);
            throw;
        }

        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            refused.Count(context, caller);
        }
    }

    private static Lane LaneOf(IList<object> metadata, string? name, IPlainIntake? plain)
    {
        var asked = metadata.OfType<IAuthorizeData>().ToArray();
        return Array.Exists(asked, data => data.Policy is not null || data.Roles is not null || data.AuthenticationSchemes is not null)
            || metadata.Any(item => item is AuthorizationPolicy or IAuthorizationRequirementData or EnableRateLimitingAttribute)
                ? throw new InvalidOperationException($"{name} asks for more than a signed-in caller: there is no short way to it.")
                : new Lane(NeedsCaller: asked.Length > 0, plain);
    }

    private static Caller? CallerOf(IHeaderDictionary headers, AccessTokens tokens, SignIns signIns)
    {
        var header = headers.Authorization.ToString();
        return header.StartsWith(BearerPrefix, StringComparison.Ordinal)
            && tokens.Read(header.AsSpan(BearerPrefix.Length)) is { Caller: var caller }
            && signIns.IsKnownAlive(caller.FamilyId)
                ? caller
                : null;
    }

    private sealed record Lane(bool NeedsCaller, IPlainIntake? Plain);
}
