using System.Security.Cryptography;
using System.Text;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Idempotency;

/// <summary>Marks an endpoint that creates something once per <c>Idempotency-Key</c>.</summary>
internal sealed class IdempotentEndpoint
{
    public static readonly IdempotentEndpoint Instance = new();
}

/// <summary>A POST with an <c>Idempotency-Key</c> is carried out once: a repeat with the same body gets the stored answer, the same
/// key with another body is refused.</summary>
internal static class IdempotencyKeys
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Says of an answer that it was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int LongestKey = 255;

    /// <summary>Lets the endpoint take the header. The pipeline needs <see cref="UseIdempotencyKeys"/> after authorization.</summary>
    public static TBuilder WithIdempotencyKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(IdempotentEndpoint.Instance);

    public static void UseIdempotencyKeys(this IApplicationBuilder app) => app.Use(AnswerOnceAsync);

    /// <summary>The request's key, or null.</summary>
    public static string? KeyOf(HttpRequest request) =>
        request.Headers[Header].ToString() is { Length: > 0 } key ? key : null;

    private static async Task AnswerOnceAsync(HttpContext context, RequestDelegate next)
    {
        if (KeyOf(context.Request) is not { } key
            || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentEndpoint>() is null
            || Caller.From(context.User) is not { } caller)
        {
            await next(context);
            return;
        }

        if (key.Length > LongestKey || key.Any(character => character is < ' ' or > '~'))
        {
            await FailureAnswers.WriteAsync(context, Problems.Details(
                StatusCodes.Status400BadRequest, "bad-idempotency-key", "The request can't be understood",
                $"{Header} may have at most {LongestKey} printable ASCII characters."));
            return;
        }

        var answers = context.RequestServices.GetRequiredService<StoredAnswers>();
        var request = new KeyedRequest(
            caller.UserId, key, context.Request.Path.Value!, await HashAsync(context.Request),
            context.GetEndpoint()!.Metadata.GetMetadata<NeedsBooks>() is not null);
        switch (await answers.ClaimAsync(request, context.RequestAborted))
        {
            case KeyClaim.Mine:
                await AnswerAsync(context, next, answers, request);
                break;
            case KeyClaim.Answered(var status, var contentType, var body):
                context.Response.StatusCode = status;
                context.Response.ContentType = contentType;
                context.Response.Headers[Replayed] = "true";
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
                break;
            case KeyClaim.OtherRequest:
                await FailureAnswers.WriteAsync(context, Problems.Details(
                    StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "Used for another request",
                    $"This {Header} came with another body before. Use a new key for a new request."));
                break;
            default:
                context.Response.Headers.RetryAfter = "1";
                await FailureAnswers.WriteAsync(context, Problems.Details(
                    StatusCodes.Status409Conflict, "request-in-progress", "Conflicts with the present state",
                    "The first request with this key is still being carried out. Repeat it in a second."));
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, StoredAnswers answers, KeyedRequest request)
    {
        var outside = context.Response.Body;
        await using var answer = new MemoryStream();
        context.Response.Body = answer;
        var kept = false;
        try
        {
            await next(context);

            // A failure of ours is no answer: the same key may try again.
            if (context.Response.StatusCode < StatusCodes.Status500InternalServerError)
            {
                await answers.KeepAsync(
                    request, context.Response.StatusCode, context.Response.ContentType, answer.ToArray(), CancellationToken.None);
                kept = true;
            }
        }
        finally
        {
            context.Response.Body = outside;
            if (!kept)
            {
                await answers.ForgetAsync(request, CancellationToken.None);
            }
        }

        answer.Position = 0;
        await answer.CopyToAsync(outside, context.RequestAborted);
    }

    private static async Task<byte[]> HashAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n"));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}
