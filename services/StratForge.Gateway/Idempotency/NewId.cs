namespace StratForge.Gateway.Idempotency;

/// <summary>Id of what a request creates: a parameter of endpoints that take an <c>Idempotency-Key</c>. With a key it is the same at every attempt, so
/// whatever an attempt left behind is found by it and not made again.</summary>
internal sealed record NewId(Guid Value)
{
    public static ValueTask<NewId> BindAsync(HttpContext context) => ValueTask.FromResult(
        context.Features.Get<NewId>()
        ?? new NewId(Guid.CreateVersion7(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow())));
}
