using System.ComponentModel;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Risk;

namespace StratForge.Gateway.Users;

/// <summary>Accounts, for those who run the platform.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin").WithTags("Users").RequireAuthorization(Caller.Admin);
        admin.MapGet("/account-changes", Changes);

        var users = admin.MapGroup("/users");
        users.MapGet("/", List);
        users.MapGet("/{id:guid}", Find).WithName("FindUser");
        users.MapPut("/{id:guid}/lock", Lock);
        users.MapDelete("/{id:guid}/lock", Unlock);
        // What opens an account is not for a key that somebody may have found. Not once per Idempotency-Key: a stored answer would keep the code.
        users.MapPost("/", Add).InPerson();
        users.MapPost("/{id:guid}/password-link", MakeLink).InPerson();
    }

    private static async Task<Ok<Page<UserAccount>>> List(
        [AsParameters] UserFilter filter, [AsParameters] PageQuery page, UserDirectory users, CancellationToken cancellationToken) =>
        TypedResults.Ok(await users.ListAsync(filter, page, cancellationToken));

    private static async Task<Results<Ok<UserAccount>, ProblemHttpResult>> Find(Guid id, UserDirectory users, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user ? TypedResults.Ok(user) : RiskEndpoints.UnknownUser(id);

    private static async Task<Results<CreatedAtRoute<UserWithLink>, ProblemHttpResult>> Add(
        NewUser request, Caller caller, UserDesk desk, CancellationToken cancellationToken) =>
        await desk.AddAsync(caller, request, cancellationToken) switch
        {
            UserOutcome.Added(var added) => TypedResults.CreatedAtRoute(added, "FindUser", new { added.User.Id }),
            UserOutcome.EmailTaken => Problems.Conflict("email-taken", "An account with this email exists already."),
            UserOutcome.UsernameTaken => IdentityEndpoints.UsernameTaken,
            UserOutcome.Busy => IdentityEndpoints.Busy,
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<CreatedAtRoute<PasswordLink>, ProblemHttpResult>> MakeLink(
        Guid id, Caller caller, UserDesk desk, CancellationToken cancellationToken) =>
        await desk.MakeLinkAsync(caller, id, cancellationToken) switch
        {
            // The link itself has no address: nobody can read it again. The account says until when it counts.
            UserOutcome.LinkMade(var link) => TypedResults.CreatedAtRoute(link, "FindUser", new { Id = id }),
            UserOutcome.Unknown => RiskEndpoints.UnknownUser(id),
            UserOutcome.AdminsPassword => Problems.Conflict(
                "admins-password", "An admin changes his password himself. Whoever runs the installation gives him a new one with Admin__Email."),
            UserOutcome.Locked => Problems.Conflict("account-locked", "This account is locked. Unlock it first."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<UserAccount>, ProblemHttpResult>> Lock(
        Guid id, LockRequest request, Caller caller, UserDesk desk, CancellationToken cancellationToken) =>
        await desk.LockAsync(caller, id, request.Reason, cancellationToken) switch
        {
            UserOutcome.Done(var user) => TypedResults.Ok(user),
            UserOutcome.Unknown => RiskEndpoints.UnknownUser(id),
            UserOutcome.OwnAccount => Problems.Conflict("own-account", "This is your own account: you would lock yourself out."),
            UserOutcome.LastAdmin => Problems.Conflict("last-admin", "This is the last admin who can sign in: nobody could unlock anything any more."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<UserAccount>, ProblemHttpResult>> Unlock(
        Guid id, Caller caller, UserDesk desk, CancellationToken cancellationToken) =>
        await desk.UnlockAsync(caller, id, cancellationToken) switch
        {
            UserOutcome.Done(var user) => TypedResults.Ok(user),
            UserOutcome.Unknown => RiskEndpoints.UnknownUser(id),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Ok<Page<AccountChange>>> Changes(
        [AsParameters] NumberedPageQuery page, AccountChanges changes, CancellationToken cancellationToken,
        [Description("What was done to one user.")] Guid? userId = null) =>
        TypedResults.Ok(await changes.ListAsync(userId, page, cancellationToken));
}
