using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>A user's own sign-ins.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIns(this RouteGroupBuilder me)
    {
        var signIns = me.MapGroup("/sign-ins").InPerson();
        signIns.MapGet("/", List);
        signIns.MapDelete("/{id:guid}", End);
    }

    private static async Task<Ok<Page<SignIn>>> List(
        [AsParameters] PageQuery page, Caller caller, SignIns signIns, CancellationToken cancellationToken) =>
        TypedResults.Ok(await signIns.ListAsync(caller, page, cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> End(Guid id, Caller caller, SignIns signIns, CancellationToken cancellationToken) =>
        await signIns.EndAsync(caller.UserId, id, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("unknown-sign-in", $"There is no sign-in {id} of yours. It may have ended already.");
}
