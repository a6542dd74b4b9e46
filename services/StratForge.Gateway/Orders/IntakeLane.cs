using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>A short way to the endpoints by which orders come in. A request about which there is nothing to find out goes to its endpoint at once: this
/// gateway keeps the books, the caller's token is proven and his sign-in known to be alive, no other site's page and no <c>Idempotency-Key</c> is
/// involved. Everything else goes through the whole pipeline and comes to the same answer there.</summary>
internal static class IntakeLane
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>Opens the short way to an endpoint.</summary>
    /// <exception cref="InvalidOperationException">When the endpoint is built: it asks for more than a signed-in caller, which only the whole pipeline looks at.</exception>
    public static TBuilder WithIntakeLane<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        // Last of all: what the endpoint's group asks for is there by then.
        endpoint.Finally(static built => built.Metadata.Add(LaneOf(built.Metadata, built.DisplayName)));
        return endpoint;
    }

    /// <summary>Takes the short way where it is open. Belongs right behind routing.</summary>
    public static void UseIntakeLane(this WebApplication app)
    {
        var books = app.Services.GetRequiredService<BookKeeper>();
        var tokens = app.Services.GetRequiredService<AccessTokens>();
        var signIns = app.Services.GetRequiredService<SignIns>();
        app.Use((context, next) =>
            context.GetEndpoint() is { RequestDelegate: { } endpoint } found
            && found.Metadata.GetMetadata<Lane>() is { } lane
            && books.IsLeading
            && context.Request.Headers is { Origin.Count: 0 } headers
            && !headers.ContainsKey(IdempotencyKeys.Header)
            && (!lane.NeedsCaller || TrySignIn(context, tokens, signIns))
                ? endpoint(context)
                : next(context));
    }

    private static Lane LaneOf(IList<object> metadata, string? name)
    {
        var asked = metadata.OfType<IAuthorizeData>().ToArray();
        return Array.Exists(asked, data => data.Policy is not null || data.Roles is not null || data.AuthenticationSchemes is not null)
            || metadata.Any(item => item is AuthorizationPolicy or IAuthorizationRequirementData or EnableRateLimitingAttribute)
                ? throw new InvalidOperationException($"{name} asks for more than a signed-in caller: there is no short way to it.")
                : new Lane(NeedsCaller: asked.Length > 0);
    }

    private static bool TrySignIn(HttpContext context, AccessTokens tokens, SignIns signIns)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(BearerPrefix, StringComparison.Ordinal)
            || tokens.Read(header[BearerPrefix.Length..]) is not { Caller: var caller }
            || !signIns.IsKnownAlive(caller.FamilyId))
        {
            return false;
        }

        context.User = caller.ToPrincipal(CallerAuthentication.SchemeName);
        return true;
    }

    private sealed record Lane(bool NeedsCaller);
}
