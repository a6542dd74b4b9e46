using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace StratForge.Gateway.Identity;

/// <summary>The keys of a user's programs.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder me)
    {
        var keys = me.MapGroup("/api-keys").InPerson();
        keys.MapGet("/", List);
        // Not once per Idempotency-Key: a stored answer would keep the key.
        keys.MapPost("/", Add);
        keys.MapGet("/{id:guid}", Find).WithName("FindApiKey");
        keys.MapDelete("/{id:guid}", Revoke);
    }

    private static async Task<Ok<ApiKeyList>> List(Caller caller, ApiKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyList(await keys.ListAsync(caller.UserId, cancellationToken)));

    private static async Task<Results<CreatedAtRoute<ApiKeyWithKey>, ProblemHttpResult>> Add(
        NewApiKey request, Caller caller, ApiKeys keys, CancellationToken cancellationToken) =>
        await keys.AddAsync(caller, request.Name!, cancellationToken) switch
        {
            NewApiKeyOutcome.Added(var key) => TypedResults.CreatedAtRoute(key, "FindApiKey", new { key.ApiKey.Id }),
            NewApiKeyOutcome.TooMany => Problems.Conflict(
                "too-many-api-keys", $"You have {ApiKeys.MostPerUser} API keys, as many as one may have. Revoke one first."),
            NewApiKeyOutcome.SignInOver => Problems.Unauthorized("unauthenticated", "This sign-in has ended. Sign in again."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> Find(Guid id, Caller caller, ApiKeys keys, CancellationToken cancellationToken) =>
        await keys.FindAsync(caller.UserId, id, cancellationToken) is { } key ? TypedResults.Ok(key) : Unknown(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(Guid id, Caller caller, ApiKeys keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(caller.UserId, id, cancellationToken)
            ? TypedResults.NoContent()
            : Unknown(id);

    private static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-api-key", $"There is no API key {id} of yours.");
}
