using StratForge.Contracts.Internal;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>An order on its way in, checked as far as that needs no account.</summary>
/// <param name="Id">Id it will have: drawn for a signal, derived from the caller's key for an order by hand that brings one.</param>
/// <param name="UserId">Owner of an order by hand; a signal's owner is its session's.</param>
/// <param name="Signal">The signal; null for an order by hand.</param>
/// <param name="Terms">What to trade.</param>
/// <param name="UnitCost">USD to reserve per unit of a buy; zero for a sell.</param>
/// <param name="Refusal">Why it can't be taken, if that is known already.</param>
/// <param name="ReceivedAt">Rises from order to order within a process: the order of intake is the order of these.</param>
/// <param name="Traceparent">Trace to continue, when sampled.</param>
/// <param name="ClientOrderId">The caller's own key.</param>
/// <param name="RequestHash">Of what the caller's key stands for.</param>
internal sealed record NewOrder(
    Guid Id,
    Guid? UserId,
    ExecuteSignal? Signal,
    OrderTerms Terms,
    decimal UnitCost,
    Refusal? Refusal,
    DateTimeOffset ReceivedAt,
    string? Traceparent,
    string? ClientOrderId = null,
    byte[]? RequestHash = null);

/// <summary>What became of an order at intake.</summary>
/// <param name="Status"><c>ACCEPTED</c>, <c>REJECTED</c>, <c>RECORDED</c>, <c>FENCED</c> or <c>CONFLICT</c>.</param>
/// <param name="IsNew">False for a repeat: then this is the stored answer.</param>
/// <param name="OrderId">The order, if there is one.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Detail">The same with figures.</param>
/// <param name="Balance">The owner's free cash afterwards, USD; null when the owner is unknown.</param>
internal sealed record IntakeAnswer(string Status, bool IsNew, Guid? OrderId, string? Code, string? Detail, decimal? Balance);
