using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
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

    /// <summary>Whether a request comes to the same however often it is carried out.</summary>
    public static bool IsSafeToRepeat(HttpRequest request, Endpoint? endpoint) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method)
        || (KeyOf(request) is not null && endpoint?.Metadata.GetMetadata<IdempotentEndpoint>() is not null);

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
            case KeyClaim.Mine(var subjectId):
                context.Features.Set(new NewId(subjectId));
                await AnswerAsync(context, next, answers, request);
                break;
            case KeyClaim.Answered(var stored):
                context.Response.StatusCode = stored.Status;
                context.Response.ContentType = stored.ContentType;
                context.Response.Headers.ETag = stored.ETag;
                context.Response.Headers.Location = stored.Location;
                context.Response.Headers[Replayed] = "true";
                await context.Response.Body.WriteAsync(stored.Body, context.RequestAborted);
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
        var (outside, hungUp) = (context.Response.Body, context.RequestAborted);
        await using var body = new MemoryStream();
        var kept = false;
        try
        {
            // Whoever hangs up gets the answer when he asks again: it has to be there, and whole.
            context.Response.Body = body;
            context.RequestAborted = CancellationToken.None;
            await next(context);

            // A failure of ours is no answer: the same key may try again.
            if (context.Response.StatusCode < StatusCodes.Status500InternalServerError)
            {
                var headers = context.Response.Headers;
                var answer = new StoredAnswer(
                    context.Response.StatusCode, context.Response.ContentType, Text(headers.ETag), Text(headers.Location), body.ToArray());
                await answers.KeepAsync(request, answer, CancellationToken.None);
                kept = true;
            }
        }
        finally
        {
            context.Response.Body = outside;
            context.RequestAborted = hungUp;
            if (!kept)
            {
                await answers.ReleaseAsync(request, CancellationToken.None);
            }
        }

        body.Position = 0;
        await body.CopyToAsync(outside, hungUp);
    }

    private static string? Text(StringValues header) => header.Count == 0 ? null : header.ToString();

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
