using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Recognises callers by <c>Authorization: Bearer</c>, with an access token or an API key, or by the browser's cookie.</summary>
internal sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Bearers bearers,
    AccessTokens accessTokens,
    SignIns signIns,
    SessionCookie cookie,
    SameOrigin sameOrigin) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "StratForge";

    private const string BearerPrefix = "Bearer ";

    private bool _crossSite;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return await bearers.FindAsync(header[BearerPrefix.Length..].Trim(), Context.RequestAborted) is { } bearer
                ? Success(bearer)
                : AuthenticateResult.Fail("The access token or API key is not valid any more.");
        }

        if (Request.Cookies[SessionCookie.Name] is not { Length: > 0 } token)
        {
            return AuthenticateResult.NoResult();
        }

        if (await AuthenticateAsync(token) is not { } signedIn)
        {
            return AuthenticateResult.Fail("The sign-in is over.");
        }

        if (!IsSafe(Request.Method) && !(Request.Headers.ContainsKey(SessionCookie.ClientHeader) && sameOrigin.Allows(Request)))
        {
            _crossSite = true;
            return AuthenticateResult.Fail("A cookie alone does not prove that the user meant this.");
        }

        await cookie.RenewIfAgedAsync(Context, signedIn.Caller, signedIn.ExpiresAt);
        return Success(signedIn.Caller);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_crossSite)
        {
            return FailureAnswers.WriteAsync(Context, Problems.Details(
                StatusCodes.Status403Forbidden, "cross-site-request", "Not allowed",
                $"A request with the sign-in cookie that changes something needs the header {SessionCookie.ClientHeader} and has to "
                + "come from our own pages. API clients send 'Authorization: Bearer …' instead."));
        }

        // The page of unknown answers fills in the rest.
        Response.Headers.WWWAuthenticate = "Bearer";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private async Task<(Caller Caller, DateTimeOffset ExpiresAt)?> AuthenticateAsync(string token) =>
        accessTokens.Read(token) is { } read && await signIns.IsAliveAsync(read.Caller.FamilyId, Context.RequestAborted)
            ? read
            : null;

    private static AuthenticateResult Success(Caller caller) =>
        AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(SchemeName), SchemeName));

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
