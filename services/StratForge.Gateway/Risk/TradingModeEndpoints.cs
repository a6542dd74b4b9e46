using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Risk;

/// <summary>The switches that stop trading: the house's over everybody or one user, a user's own over all of his or one session.</summary>
internal static class TradingModeEndpoints
{
    public static void MapTradingModes(this IEndpointRouteBuilder routes)
    {
        var mine = routes.MapGroup("/api/users/me/trading-mode").WithTags("Risk").RequireAuthorization();
        mine.MapGet("/", Mine);
        mine.MapPut("/", SetMine);

        var admin = routes.MapGroup("/api/admin").WithTags("Risk").RequireAuthorization(Caller.Admin);
        admin.MapGet("/trading-mode", Global);
        admin.MapPut("/trading-mode", SetGlobal);
        admin.MapGet("/users/{id:guid}/trading-mode", OfUser);
        admin.MapPut("/users/{id:guid}/trading-mode", SetForUser);

        MapSession(routes.MapGroup("/api/sessions/{id:guid}/trading-mode").WithTags("Risk"));
        MapSession(routes.MapGroup("/sessions/{id:guid}/trading-mode").WithTags("Risk").ExcludeFromDescription());
    }

    private static void MapSession(RouteGroupBuilder session)
    {
        session.RequireAuthorization();
        session.MapGet("/", OfSession);
        session.MapPut("/", SetForSession);
    }

    private static Task<Ok<TradingModeResponse>> Mine(Caller caller, Switchboard board, CancellationToken cancellationToken) =>
        board.ShowAsync(SwitchKey.OwnOf(caller.UserId), cancellationToken);

    private static Task<Ok<TradingModeResponse>> SetMine(
        TradingModeRequest request, Caller caller, Switchboard board, CancellationToken cancellationToken) =>
        board.SetAsync(SwitchKey.OwnOf(caller.UserId), request, caller, cancellationToken);

    private static Task<Ok<TradingModeResponse>> Global(Switchboard board, CancellationToken cancellationToken) =>
        board.ShowAsync(SwitchKey.Global, cancellationToken);

    private static Task<Ok<TradingModeResponse>> SetGlobal(
        TradingModeRequest request, Caller caller, Switchboard board, CancellationToken cancellationToken) =>
        board.SetAsync(SwitchKey.Global, request, caller, cancellationToken);

    private static async Task<Results<Ok<TradingModeResponse>, ProblemHttpResult>> OfUser(
        Guid id, UserStore users, Switchboard board, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is null
            ? RiskEndpoints.UnknownUser(id)
            : await board.ShowAsync(SwitchKey.ForUser(id), cancellationToken);

    private static async Task<Results<Ok<TradingModeResponse>, ProblemHttpResult>> SetForUser(
        Guid id, TradingModeRequest request, Caller caller, UserStore users, Switchboard board, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is null
            ? RiskEndpoints.UnknownUser(id)
            : await board.SetAsync(SwitchKey.ForUser(id), request, caller, cancellationToken);

    private static async Task<Results<Ok<TradingModeResponse>, ProblemHttpResult>> OfSession(
        Guid id, Caller caller, SessionStore sessions, Switchboard board, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is null
            ? SessionEndpoints.Unknown(id)
            : await board.ShowAsync(SwitchKey.OfSession(caller.UserId, id), cancellationToken);

    private static async Task<Results<Ok<TradingModeResponse>, ProblemHttpResult>> SetForSession(
        Guid id, TradingModeRequest request, Caller caller, SessionStore sessions, Switchboard board, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is null
            ? SessionEndpoints.Unknown(id)
            : await board.SetAsync(SwitchKey.OfSession(caller.UserId, id), request, caller, cancellationToken);
}
