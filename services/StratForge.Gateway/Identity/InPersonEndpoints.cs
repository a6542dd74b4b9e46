namespace StratForge.Gateway.Identity;

/// <summary>What only somebody who has signed in may do, and no program with an API key.</summary>
internal static class InPersonEndpoints
{
    /// <summary>Refuses callers who show a key: who has found one can neither make another nor lock its owner out.</summary>
    public static TBuilder InPerson<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(static async (context, next) =>
            Caller.From(context.HttpContext.User) is { ByKey: true }
                ? Problems.Forbidden("api-key-not-enough", "An API key can't do this. Sign in with the password, and send the access token.")
                : await next(context));
}
