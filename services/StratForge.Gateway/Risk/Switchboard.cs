using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Identity;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>Sets switches, and shows them with what else has a say.</summary>
internal sealed class Switchboard(RiskBooks books, RiskDesk desk, Flattening flattening)
{
    public async Task<Ok<TradingModeResponse>> ShowAsync(SwitchKey key, CancellationToken cancellationToken) =>
        await ShowAsync(await books.RefreshAsync(cancellationToken), key, cancellationToken);

    public async Task<Ok<TradingModeResponse>> SetAsync(
        SwitchKey key, TradingModeRequest request, Caller caller, CancellationToken cancellationToken) =>
        await ShowAsync(
            await desk.SetModeAsync(key, request.ToMode(), request.Reason, caller.UserId, cancellationToken), key, cancellationToken);

    private async Task<Ok<TradingModeResponse>> ShowAsync(RiskBook book, SwitchKey key, CancellationToken cancellationToken)
    {
        var own = book.Find(key);
        return TypedResults.Ok(new TradingModeResponse(
            own?.Mode ?? TradingMode.Normal,
            book.SwitchesOf(key.UserId, key.SessionId).Strictest,
            own?.Reason,
            own?.SetAt,
            [.. Concerning(key).Select(other => (Key: other, Switch: book.Find(other))).Where(other => other.Switch is not null).Select(other =>
                new SwitchView(
                    other.Key.Scope, other.Key.Keeper == Keeper.House ? "house" : "user", other.Switch!.Mode, other.Switch.Reason, other.Switch.SetAt))],
            own?.Mode == TradingMode.Flatten ? await flattening.ShowAsync(key, cancellationToken) : null));
    }

    private static IEnumerable<SwitchKey> Concerning(SwitchKey key)
    {
        yield return SwitchKey.Global;
        if (key.UserId is { } userId)
        {
            yield return SwitchKey.ForUser(userId);
            yield return SwitchKey.OwnOf(userId);
            if (key.SessionId is { } sessionId)
            {
                yield return SwitchKey.OfSession(userId, sessionId);
            }
        }
    }
}
