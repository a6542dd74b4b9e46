using Microsoft.AspNetCore.Authorization;
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

    /// <summary>Opens the short way to an endpoint that needs the books. It may ask for a signed-in caller, but for no particular one.</summary>
    public static TBuilder WithIntakeLane<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(Open.Instance);

    /// <summary>Takes the short way where it is open. Belongs right behind routing.</summary>
    public static void UseIntakeLane(this WebApplication app)
    {
        var books = app.Services.GetRequiredService<BookKeeper>();
        var tokens = app.Services.GetRequiredService<AccessTokens>();
        var signIns = app.Services.GetRequiredService<SignIns>();
        app.Use((context, next) =>
            context.GetEndpoint() is { RequestDelegate: { } endpoint } found
            && found.Metadata.GetMetadata<Open>() is not null
            && books.IsLeading
            && context.Request.Headers is { Origin.Count: 0 } headers
            && !headers.ContainsKey(IdempotencyKeys.Header)
            && (found.Metadata.GetMetadata<IAuthorizeData>() is null || TrySignIn(context, tokens, signIns))
                ? endpoint(context)
                : next(context));
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

    private sealed class Open
    {
        public static readonly Open Instance = new();
    }
}
