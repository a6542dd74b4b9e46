using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Idempotency;

namespace StratForge.Gateway.Hosting;

/// <summary>Turns what no endpoint answered for into problem+json: unreadable requests, unknown routes, surprises.</summary>
internal static partial class FailureAnswers
{
    public static void AddFailureAnswers(this IServiceCollection services) =>
        // Otherwise only Development says why a body was not read.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

    public static void UseFailureAnswers(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = AnswerExceptionAsync,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException or OperationCanceledException,
        });
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext, ForStatus(context.HttpContext)));
    }

    /// <summary>Writes <paramref name="problem"/> as the answer of <paramref name="context"/>.</summary>
    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Options, Problems.ContentType, context.RequestAborted);
    }

    private static Task AnswerExceptionAsync(HttpContext context)
    {
        var failed = context.Features.Get<IExceptionHandlerFeature>()!;
        if (failed.Error is NotLeadingException)
        {
            context.Response.Headers[LeaderForwarding.NotLeading] = "1";
        }

        return WriteAsync(context, ForException(failed.Error, IdempotencyKeys.IsSafeToRepeat(context.Request, failed.Endpoint)));
    }

    private static ProblemDetails ForException(Exception exception, bool isSafeToRepeat) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => WrongMediaType,
        BadHttpRequestException { InnerException: JsonException json } => Unreadable(json),
        BadHttpRequestException bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal) => Problems.Details(
            StatusCodes.Status400BadRequest, "body-required", "A body is missing", "Send what is asked for as JSON; /openapi/v1.json says what that is."),
        BadHttpRequestException bad => Problems.Details(
            StatusCodes.Status400BadRequest, "bad-request", "The request can't be understood", Plain(bad.Message)),
        ForeignAccountException foreign => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, foreign.Refusal.Code, "Not the account of these books", foreign.Refusal.Detail),
        NotLeadingException => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, "books-unavailable", "Try again shortly",
            "No gateway keeps the books this moment; the next one begins within seconds. Nothing has changed; repeat the request."),
        LeaderLostException => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "Try again shortly",
            "The gateway that keeps the books went away over this request. It may have been carried out: look before you repeat it. With an Idempotency-Key it is repeated by itself."),
        NpgsqlException { IsTransient: true } or TimeoutException when isSafeToRepeat => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, "temporarily-unavailable", "Try again shortly",
            "A store the gateway depends on does not answer. Repeat the request: what it did already is not done again."),
        NpgsqlException { IsTransient: true } or TimeoutException => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "Try again shortly",
            "A store the gateway depends on does not answer. The request may have been carried out: look before you repeat it. With an Idempotency-Key it can be repeated as it is."),
        OperationCanceledException => Problems.Details(
            StatusCodes.Status499ClientClosedRequest, "client-closed-request", "Given up", "The caller hung up."),
        _ => Problems.Details(
            StatusCodes.Status500InternalServerError, "internal-error", "Something went wrong on our side",
            "The fault has been logged. Quote the trace id when you report it."),
    };

    private static ProblemDetails ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => Problems.Details(
            StatusCodes.Status401Unauthorized, "unauthenticated", "Sign in first",
            "Send an access token (POST /api/auth/login gives one) or an API key as 'Authorization: Bearer …'."),
        StatusCodes.Status403Forbidden => Problems.Details(
            StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Your role does not allow this."),
        StatusCodes.Status404NotFound => Problems.Details(
            StatusCodes.Status404NotFound, "unknown-route", "Not found",
            $"Nothing is at {context.Request.Path}. Ids are UUIDs; /openapi/v1.json lists the routes."),
        StatusCodes.Status405MethodNotAllowed => Problems.Details(
            StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Not with this method",
            $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => WrongMediaType,
        var status => Problems.Details(status, $"http-{status}", "The request failed", $"The answer is status {status}."),
    };

    private static ProblemDetails TooLarge => Problems.Details(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"A request body may hold at most {Limits.MaxBodyBytes} bytes.");

    private static ProblemDetails WrongMediaType => Problems.Details(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Not JSON",
        "Send the body as JSON, with 'Content-Type: application/json'.");

    private static ProblemDetails Unreadable(JsonException json)
    {
        if (UnknownField().Match(json.Message) is { Success: true } unknown)
        {
            return Problems.InvalidDetails(new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [unknown.Groups["name"].Value] = ["is not known here; /openapi/v1.json lists what may be sent."],
            });
        }

        var field = json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        // The reader itself gave up, or there is nothing to name: not JSON, or not the object it should be.
        if (field is null || json.InnerException is JsonException)
        {
            return Problems.Details(
                StatusCodes.Status400BadRequest, "malformed-json", "The body is not valid JSON",
                json.LineNumber is { } line ? $"Look at line {line + 1}, byte {json.BytePositionInLine + 1}." : "Check the body.");
        }

        // The serializer's own words name .NET types; what the field may hold is in the API document.
        var reason = json.Message.StartsWith("Expected ", StringComparison.Ordinal)
            ? PathSuffix().Replace(json.Message, "")
            : "has the wrong type; /openapi/v1.json says what it may hold.";
        return Problems.InvalidDetails(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [reason] });
    }

    // "Failed to bind parameter "Cursor cursor" from "xyz"." names a .NET type that means nothing outside.
    private static string Plain(string message) => TypeName().Replace(
        message, match => $"\"{JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value)}\"");

    [GeneratedRegex("\"[A-Za-z_<>?.`0-9]+ (?<name>[a-zA-Z_]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\AThe JSON property '(?<name>.*)' could not be mapped to any \.NET member ", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 100)]
    private static partial Regex UnknownField();

    [GeneratedRegex(@" Path: .*\z", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 100)]
    private static partial Regex PathSuffix();
}
