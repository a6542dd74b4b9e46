using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>One firing posted to one webhook.</summary>
/// <param name="Id">Its id, which every attempt carries.</param>
/// <param name="FiringId">What fired.</param>
/// <param name="AlertName">The alert's name when it fired; null once the firing is forgotten.</param>
/// <param name="WebhookId">Where to.</param>
/// <param name="WebhookName">Its name.</param>
/// <param name="Status"><c>waiting</c>, <c>delivered</c> or <c>dead</c>: given up.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="NextAt">When the next one is due; null when there is none.</param>
/// <param name="LastStatus">What the receiver answered last, if it did.</param>
/// <param name="LastError">Why the last attempt failed.</param>
/// <param name="LastAnswer">How its answer began, at most 200 characters.</param>
/// <param name="CreatedAt">When it fired.</param>
/// <param name="EndedAt">When it was delivered or given up.</param>
public sealed record AlertDelivery(
    Guid Id,
    Guid FiringId,
    string? AlertName,
    Guid WebhookId,
    string WebhookName,
    string Status,
    int Attempts,
    DateTimeOffset? NextAt,
    int? LastStatus,
    string? LastError,
    string? LastAnswer,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt);

/// <summary>Which deliveries to list.</summary>
internal sealed record DeliveryFilter : IValidated
{
    /// <summary>Those of one status: <c>dead</c> are the dead letters.</summary>
    public string? Status { get; init; }

    public void Validate(FieldErrors errors)
    {
        if (Status is not (null or "waiting" or "delivered" or "dead"))
        {
            errors.Add("status", "may be waiting, delivered or dead.");
        }
    }
}

/// <summary>A delivery that this gateway makes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="Body">What is posted.</param>
/// <param name="WebhookId">Where to.</param>
/// <param name="Url">Its address.</param>
/// <param name="Secret">Its secret, encrypted.</param>
internal sealed record ClaimedDelivery(Guid Id, int Attempt, string Body, Guid WebhookId, string Url, byte[] Secret);
