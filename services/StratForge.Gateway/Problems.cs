using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace StratForge.Gateway;

/// <summary>Every problem+json that the gateway answers with. A <c>code</c> is part of the API: clients switch on it, so it never changes.</summary>
internal static class Problems
{
    /// <summary>Media type of all of them (RFC 9457).</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>400: the request cannot be read: malformed JSON, a query value of the wrong type.</summary>
    public static ProblemHttpResult BadRequest(string code, string detail) =>
        Of(StatusCodes.Status400BadRequest, code, "The request can't be understood", detail);

    /// <summary>400: well formed, but some fields hold what they may not. Field names are those of the request.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        TypedResults.Problem(InvalidDetails(errors));

    /// <summary>400: one field holds what it may not.</summary>
    public static ProblemHttpResult Invalid(string field, string error) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] });

    /// <summary>400: understood, and refused by a rule of the trade.</summary>
    public static ProblemHttpResult Refused(string code, string detail) =>
        Of(StatusCodes.Status400BadRequest, code, "Refused", detail);

    /// <summary>401: nobody is signed in, or not for this any more.</summary>
    public static ProblemHttpResult Unauthorized(string code, string detail) =>
        Of(StatusCodes.Status401Unauthorized, code, "Sign in first", detail);

    /// <summary>403: signed in, but not allowed to.</summary>
    public static ProblemHttpResult Forbidden(string code, string detail) =>
        Of(StatusCodes.Status403Forbidden, code, "Not allowed", detail);

    /// <summary>404: it does not exist, or belongs to someone else, which looks the same from outside.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) =>
        Of(StatusCodes.Status404NotFound, code, "Not found", detail);

    /// <summary>409: it stands against the present state of things; the detail says what has to change first.</summary>
    public static ProblemHttpResult Conflict(string code, string detail) =>
        Of(StatusCodes.Status409Conflict, code, "Conflicts with the present state", detail);

    /// <summary>410: it was there and is not kept any more; the detail says until when it was.</summary>
    public static ProblemHttpResult Gone(string code, string detail) =>
        Of(StatusCodes.Status410Gone, code, "No longer kept", detail);

    /// <summary>412: someone else changed it since the caller read it.</summary>
    public static ProblemHttpResult Stale(string code, string detail) =>
        Of(StatusCodes.Status412PreconditionFailed, code, "Changed in the meantime", detail);

    /// <summary>503: right request, wrong moment.</summary>
    public static ProblemHttpResult TryLater(string code, string detail) =>
        Of(StatusCodes.Status503ServiceUnavailable, code, "Try again shortly", detail);

    /// <summary>Any problem: <paramref name="code"/> in kebab case or, for trade rules, in capitals.</summary>
    public static ProblemHttpResult Of(int status, string code, string title, string detail) =>
        TypedResults.Problem(Details(status, code, title, detail));

    /// <summary>The problem as data, for those who write it themselves.</summary>
    public static ProblemDetails Details(int status, string code, string title, string detail)
    {
        var problem = new ProblemDetails
        {
            Type = $"https://stratforge.dev/problems/{code.ToLowerInvariant().Replace('_', '-')}",
            Title = title,
            Status = status,
            Detail = detail,
        };
        problem.Extensions["code"] = code;
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            problem.Extensions["traceId"] = activity.TraceId.ToHexString();
        }

        return problem;
    }

    /// <summary>The data of <see cref="Invalid(IReadOnlyDictionary{string, string[]})"/>.</summary>
    public static ProblemDetails InvalidDetails(IReadOnlyDictionary<string, string[]> errors)
    {
        var problem = Details(
            StatusCodes.Status400BadRequest,
            "invalid-request",
            "Some fields are not valid",
            string.Join(' ', errors.SelectMany(field => field.Value.Select(error => $"{field.Key}: {error}"))));
        problem.Extensions["errors"] = errors;
        return problem;
    }
}
