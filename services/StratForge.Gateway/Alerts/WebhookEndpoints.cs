using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Alerts;

/// <summary>Where alerts are posted to, and what became of it.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this RouteGroupBuilder alerts)
    {
        var webhooks = alerts.MapGroup("/webhooks");
        webhooks.MapGet("/", List);
        // Not once per key: a stored answer would keep the secret.
        webhooks.MapPost("/", Add);
        webhooks.MapPatch("/{id:guid}", Change);
        webhooks.MapDelete("/{id:guid}", Delete);
        webhooks.MapPost("/{id:guid}/secret", RenewSecret);

        var deliveries = alerts.MapGroup("/deliveries");
        deliveries.MapGet("/", ListDeliveries);
        deliveries.MapPost("/{id:guid}/retry", Retry);
    }

    private static async Task<Ok<WebhookList>> List(Caller caller, WebhookStore webhooks, CancellationToken cancellationToken) =>
        TypedResults.Ok(new WebhookList(await webhooks.ListAsync(caller.UserId, cancellationToken)));

    private static async Task<Results<Ok<WebhookWithSecret>, ProblemHttpResult>> Add(
        NewWebhook request, Caller caller, WebhookStore webhooks, IOptions<AlertOptions> options, CancellationToken cancellationToken) =>
        IsRefused(request.Url!, options) ? NotPublic()
        : await webhooks.AddAsync(caller.UserId, request.Name!, request.Url!, cancellationToken) is { } webhook ? TypedResults.Ok(webhook)
        : Problems.Conflict("too-many-webhooks", $"You have {WebhookStore.MostWebhooks} webhooks, as many as one may have. Delete one first.");

    private static async Task<Results<Ok<Webhook>, ProblemHttpResult>> Change(
        Guid id, WebhookPatch request, Caller caller, WebhookStore webhooks, IOptions<AlertOptions> options, CancellationToken cancellationToken) =>
        request.Url is { } url && IsRefused(url, options) ? NotPublic()
        : await webhooks.ChangeAsync(caller.UserId, id, request, cancellationToken) is { } webhook ? TypedResults.Ok(webhook)
        : Unknown(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id, Caller caller, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.DeleteAsync(caller.UserId, id, cancellationToken) ? TypedResults.NoContent() : Unknown(id);

    private static async Task<Results<Ok<WebhookWithSecret>, ProblemHttpResult>> RenewSecret(
        Guid id, Caller caller, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.RenewSecretAsync(caller.UserId, id, cancellationToken) is { } webhook ? TypedResults.Ok(webhook) : Unknown(id);

    private static async Task<Ok<Page<AlertDelivery>>> ListDeliveries(
        [AsParameters] DeliveryFilter filter, [AsParameters] PageQuery page, Caller caller, DeliveryStore deliveries, CancellationToken cancellationToken) =>
        TypedResults.Ok(await deliveries.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<Results<Ok<AlertDelivery>, ProblemHttpResult>> Retry(
        Guid id, Caller caller, DeliveryStore deliveries, Postman postman, CancellationToken cancellationToken)
    {
        if (await deliveries.RetryAsync(caller.UserId, id, cancellationToken) is { } retried)
        {
            postman.Wake();
            return TypedResults.Ok(retried);
        }

        return await deliveries.FindAsync(caller.UserId, id, cancellationToken) is not { } delivery
            ? Problems.NotFound("unknown-delivery", $"There is no delivery {id} of yours.")
            : Problems.Conflict("delivery-not-dead", $"The delivery is {delivery.Status}: only dead letters can be sent again.");
    }

    private static bool IsRefused(string url, IOptions<AlertOptions> options) =>
        !options.Value.AllowPrivateWebhooks && WebhookAddress.IsPlainlyPrivate(url);

    private static ProblemHttpResult NotPublic() =>
        Problems.Invalid("url", "has to lead to a public address; whoever runs this platform can allow others.");

    private static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-webhook", $"There is no webhook {id} of yours.");
}
