using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Opening accounts, signing in and out.</summary>
internal static class IdentityEndpoints
{
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Identity");
        auth.MapGet("/registration", Registration);
        auth.MapPost("/register", Register).RequireRateLimiting(RateLimits.Auth);
        auth.MapPost("/login", Login).RequireRateLimiting(RateLimits.Auth);
        auth.MapPost("/set-password", SetPassword).RequireRateLimiting(RateLimits.Auth);
        auth.MapPost("/refresh", Refresh).RequireRateLimiting(RateLimits.Auth);
        auth.MapPost("/logout", Logout);
        auth.MapPost("/change-password", ChangePassword).RequireRateLimiting(RateLimits.Auth).RequireAuthorization().InPerson();

        var me = routes.MapGroup("/api/users/me").WithTags("Identity").RequireAuthorization();
        me.MapGet("/", Me);
        me.MapPut("/", Rename);
        me.MapSignIns();
        me.MapApiKeys();
    }

    private static Ok<RegistrationResponse> Registration(IOptions<RegistrationOptions> options) =>
        TypedResults.Ok(new RegistrationResponse(options.Value.Open));

    private static async Task<Results<Created<SignInResponse>, ProblemHttpResult>> Register(
        RegisterRequest request, IdentityDesk desk, SessionCookie cookie, HttpContext context, CancellationToken cancellationToken)
    {
        switch (await desk.RegisterAsync(request, cancellationToken))
        {
            case RegisterOutcome.Registered(var signedIn):
                cookie.Set(context, signedIn.Caller);
                return TypedResults.Created("/api/users/me", signedIn.Response);
            case RegisterOutcome.EmailTaken:
                return Problems.Conflict("email-taken", "An account with this email exists. Sign in, or use another address.");
            case RegisterOutcome.UsernameTaken:
                return UsernameTaken;
            case RegisterOutcome.Closed:
                return Problems.Forbidden("registration-closed", "Accounts are opened by an admin here. Ask whoever runs this platform for one.");
            case RegisterOutcome.Busy:
                return Busy;
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<Results<Ok<SignInResponse>, ProblemHttpResult>> Login(
        LoginRequest request, IdentityDesk desk, SessionCookie cookie, HttpContext context, CancellationToken cancellationToken)
    {
        switch (await desk.LoginAsync(request, cancellationToken))
        {
            case LoginOutcome.SignedIn(var signedIn):
                cookie.Set(context, signedIn.Caller);
                return TypedResults.Ok(signedIn.Response);
            case LoginOutcome.Wrong:
                return Problems.Unauthorized("wrong-credentials", "Email and password don't belong together.");
            case LoginOutcome.Locked:
                return Problems.Forbidden("account-locked", "This account is locked. Ask whoever runs this platform.");
            case LoginOutcome.Busy:
                return Busy;
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<Results<Ok<SignInResponse>, ProblemHttpResult>> SetPassword(
        SetPasswordRequest request, IdentityDesk desk, SessionCookie cookie, HttpContext context, CancellationToken cancellationToken)
    {
        switch (await desk.SetPasswordAsync(request, cancellationToken))
        {
            case LoginOutcome.SignedIn(var signedIn):
                cookie.Set(context, signedIn.Caller);
                return TypedResults.Ok(signedIn.Response);
            case LoginOutcome.Wrong:
                return Problems.Refused("password-code-invalid", "This code is unknown, used or over. Ask whoever runs this platform for another.");
            case LoginOutcome.Busy:
                return Busy;
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<Results<Ok<SignInResponse>, ProblemHttpResult>> Refresh(
        RefreshRequest request, SignIns signIns, SessionCookie cookie, HttpContext context, CancellationToken cancellationToken)
    {
        switch (await signIns.RefreshAsync(request.RefreshToken!, cancellationToken))
        {
            case RefreshOutcome.Refreshed(var signedIn):
                cookie.Set(context, signedIn.Caller);
                return TypedResults.Ok(signedIn.Response);
            case RefreshOutcome.Reused:
                return Problems.Unauthorized(
                    "refresh-token-reused", "This refresh token was used before, so its whole sign-in has been ended. Sign in again.");
            case RefreshOutcome.Unknown:
                return Problems.Unauthorized("refresh-token-invalid", "This refresh token is unknown or over. Sign in again.");
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<NoContent> Logout(
        LogoutRequest? request, SignIns signIns, HttpContext context, CancellationToken cancellationToken)
    {
        if (request?.RefreshToken is { Length: > 0 } refreshToken)
        {
            await signIns.EndAsync(refreshToken, cancellationToken);
        }

        if (Caller.From(context.User) is { } caller)
        {
            await signIns.EndAsync(caller.FamilyId, cancellationToken);
        }

        SessionCookie.Clear(context);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<SignInResponse>, ProblemHttpResult>> ChangePassword(
        ChangePasswordRequest request, Caller caller, IdentityDesk desk, SessionCookie cookie, HttpContext context,
        CancellationToken cancellationToken)
    {
        switch (await desk.ChangePasswordAsync(caller, request, cancellationToken))
        {
            case LoginOutcome.SignedIn(var signedIn):
                cookie.Set(context, signedIn.Caller);
                return TypedResults.Ok(signedIn.Response);
            case LoginOutcome.Wrong:
                return Problems.Forbidden("wrong-password", "The current password is another one. Nothing was changed.");
            case LoginOutcome.Busy:
                return Busy;
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<Results<Ok<User>, ProblemHttpResult>> Me(
        Caller caller, UserStore users, CancellationToken cancellationToken) =>
        await users.FindAsync(caller.UserId, cancellationToken) is { } user ? TypedResults.Ok(user) : Gone;

    private static async Task<Results<Ok<User>, ProblemHttpResult>> Rename(
        ProfileRequest request, Caller caller, UserStore users, CancellationToken cancellationToken) =>
        await users.RenameAsync(caller.UserId, request.Username!, cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : UsernameTaken;

    /// <summary>Too many passwords are being hashed.</summary>
    public static ProblemHttpResult Busy => Problems.TryLater(
        "sign-in-busy", "Many people are signing in at this moment. Try again in a few seconds.");

    /// <summary>Someone else bears the name.</summary>
    public static ProblemHttpResult UsernameTaken => Problems.Conflict("username-taken", "Someone else bears this name. Choose another.");

    private static ProblemHttpResult Gone => Problems.NotFound("unknown-user", "This account has been deleted.");
}
