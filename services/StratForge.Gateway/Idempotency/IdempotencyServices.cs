namespace StratForge.Gateway.Idempotency;

/// <summary>What answering once needs.</summary>
internal static class IdempotencyServices
{
    public static void AddIdempotency(this WebApplicationBuilder builder) => builder.Services.AddSingleton<StoredAnswers>();
}
