using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Risk;

/// <summary>Limits: a user's own, and those of the house.</summary>
internal static class RiskEndpoints
{
    public static void MapRisk(this IEndpointRouteBuilder routes)
    {
        var mine = routes.MapGroup("/api/users/me/risk").WithTags("Risk").RequireAuthorization();
        mine.MapGet("/", Mine);
        mine.MapPut("/", SetMine);

        var admin = routes.MapGroup("/api/admin").WithTags("Risk").RequireAuthorization(Caller.Admin);
        admin.MapGet("/risk", House);
        admin.MapPut("/risk", SetHouse);
        admin.MapGet("/risk/changes", Changes);
        admin.MapGet("/users/{id:guid}/risk", OfUser);
        admin.MapPut("/users/{id:guid}/risk", SetForUser);

        routes.MapTradingModes();
    }

    /// <summary>No such user.</summary>
    public static ProblemHttpResult UnknownUser(Guid id) => Problems.NotFound("unknown-user", $"No user {id}.");

    private static async Task<Ok<RiskResponse>> Mine(Caller caller, RiskBooks books, CancellationToken cancellationToken) =>
        TypedResults.Ok(Show(await books.RefreshAsync(cancellationToken), caller.UserId));

    private static async Task<Ok<RiskResponse>> SetMine(
        LimitSet request, Caller caller, RiskDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(Show(
            await desk.SetLimitsAsync(LimitsKey.OwnOf(caller.UserId), request.ToLimits(), caller.UserId, cancellationToken), caller.UserId));

    private static async Task<Ok<HouseRiskResponse>> House(RiskBooks books, CancellationToken cancellationToken) =>
        TypedResults.Ok(ShowHouse(await books.RefreshAsync(cancellationToken)));

    private static async Task<Ok<HouseRiskResponse>> SetHouse(
        LimitSet request, Caller caller, RiskDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(ShowHouse(await desk.SetLimitsAsync(LimitsKey.House, request.ToLimits(), caller.UserId, cancellationToken)));

    private static async Task<Results<Ok<RiskResponse>, ProblemHttpResult>> OfUser(
        Guid id, UserStore users, RiskBooks books, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is null
            ? UnknownUser(id)
            : TypedResults.Ok(Show(await books.RefreshAsync(cancellationToken), id));

    private static async Task<Results<Ok<RiskResponse>, ProblemHttpResult>> SetForUser(
        Guid id, LimitSet request, Caller caller, UserStore users, RiskDesk desk, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is null
            ? UnknownUser(id)
            : TypedResults.Ok(Show(
                await desk.SetLimitsAsync(LimitsKey.ForUser(id), request.ToLimits(), caller.UserId, cancellationToken), id));

    private static async Task<Ok<Page<RiskChange>>> Changes(
        [AsParameters] NumberedPageQuery page, RiskStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ListChangesAsync(page, cancellationToken));

    private static RiskResponse Show(RiskBook book, Guid userId) => new(
        LimitSet.Of(book.OwnOf(userId)), LimitSet.Of(book.ForUser(userId)), LimitSet.Of(book.House), LimitSet.Of(book.EffectiveOf(userId)));

    private static HouseRiskResponse ShowHouse(RiskBook book) => new(LimitSet.Of(book.House), book.Find(LimitsKey.House)?.UpdatedAt);
}
