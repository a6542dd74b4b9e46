using System.Security.Claims;

namespace StratForge.Gateway.Identity;

/// <summary>Who is asking: a parameter of every endpoint that needs someone signed in.</summary>
/// <param name="UserId">The user whose data the endpoint may touch.</param>
/// <param name="Role"><c>user</c> or <c>admin</c>.</param>
/// <param name="FamilyId">The sign-in; every token issued from it dies with it. Of an API key, the key.</param>
public sealed record Caller(Guid UserId, string Role, Guid FamilyId)
{
    /// <summary>Whether an API key was shown, and not what only a password gives.</summary>
    public bool ByKey { get; init; }

    /// <summary>Role of those who run the platform, and the policy of what only they may do.</summary>
    public const string Admin = "admin";

    /// <summary>Role of everyone else.</summary>
    public const string User = "user";

    /// <summary>Reads the caller from the request. Endpoints ask for authorization, so there is one.</summary>
    /// <exception cref="InvalidOperationException">The endpoint forgot to ask for authorization.</exception>
    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(From(context.User)
            ?? throw new InvalidOperationException($"{context.Request.Path} needs RequireAuthorization()."));

    /// <summary>The caller behind a principal, or null when nobody is signed in.</summary>
    internal static Caller? From(ClaimsPrincipal principal) => (principal.Identity as CallerIdentity)?.Caller;

    internal ClaimsPrincipal ToPrincipal(string scheme) => new(new CallerIdentity(this, scheme));

    private sealed class CallerIdentity(Caller caller, string scheme)
        : ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.UserId.ToString()), new Claim(ClaimTypes.Role, caller.Role)], scheme)
    {
        public Caller Caller => caller;
    }
}
