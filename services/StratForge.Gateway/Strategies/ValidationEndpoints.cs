using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Validation;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Strategies;

/// <summary>Has strategies examined. The answer comes when all is done; with <c>Accept: text/event-stream</c> it comes as events, with
/// <c>progress</c> on the way and <c>report</c> or <c>problem</c> at the end.</summary>
internal static class ValidationEndpoints
{
    private const string DefaultSymbol = "SPY";

    public static void MapValidations(this RouteGroupBuilder strategies)
    {
        strategies.MapPost("/validate", ValidateCode).Produces<ValidationReport>();
        strategies.MapPost("/{id:guid}/validate", ValidateStrategy).Produces<ValidationReport>();
    }

    private static Task<IResult> ValidateCode(
        ValidateCodeRequest request, Caller caller, ValidationDesk desk, HttpContext context, CancellationToken cancellationToken) =>
        ExamineAsync(
            caller,
            strategyId: null,
            new ValidateStrategy(
                request.Language ?? "python", (request.Code ?? request.PythonCode)!, request.Symbol ?? DefaultSymbol, ValuesOf(request.Parameters)),
            desk,
            context,
            cancellationToken);

    private static async Task<IResult> ValidateStrategy(
        Guid id, ValidateStrategyRequest? request, Caller caller, StrategyStore strategies, ValidationDesk desk, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (await strategies.FindAsync(caller.UserId, id, cancellationToken) is not { } strategy)
        {
            return StrategyEndpoints.Unknown(id);
        }

        var (language, code) = (strategy.Language, request?.Code ?? strategy.Code);
        if (request?.Version is { } version)
        {
            if (await strategies.FindVersionAsync(caller.UserId, id, version, cancellationToken) is not { } old)
            {
                return StrategyEndpoints.UnknownVersion(id, version);
            }

            (language, code) = (old.Language, old.Code!);
        }

        // As a session would have them: the strategy's own, and what differs.
        var values = ValuesOf(strategy.Parameters);
        foreach (var (name, value) in ValuesOf(request?.Parameters))
        {
            values[name] = value;
        }

        return await ExamineAsync(
            caller, id, new ValidateStrategy(Strategy.Spell(language), code, request?.Symbol ?? strategy.Symbol, values), desk, context, cancellationToken);
    }

    private static async Task<IResult> ExamineAsync(
        Caller caller, Guid? strategyId, ValidateStrategy asked, ValidationDesk desk, HttpContext context, CancellationToken cancellationToken)
    {
        if (!EventStream.IsWantedBy(context.Request))
        {
            return Answer(await desk.ExamineAsync(caller.UserId, strategyId, asked, static _ => Task.CompletedTask, cancellationToken));
        }

        var stream = await EventStream.BeginAsync(context.Response, cancellationToken);
        var outcome = await desk.ExamineAsync(
            caller.UserId, strategyId, asked, share => stream.SendAsync("progress", new { share }, id: null, cancellationToken), cancellationToken);
        switch (Answer(outcome))
        {
            case Ok<ValidationReport> { Value: { } report }:
                await stream.SendAsync("report", report, id: null, cancellationToken);
                break;
            case ProblemHttpResult problem:
                await stream.SendAsync("problem", problem.ProblemDetails, id: null, cancellationToken);
                break;
        }

        return TypedResults.Empty;
    }

    private static IResult Answer(ValidationOutcome outcome) => outcome switch
    {
        ValidationOutcome.Done(var report) => TypedResults.Ok(report),
        ValidationOutcome.TooMany("too-many-validations") => Problems.Of(
            StatusCodes.Status429TooManyRequests, "too-many-validations", "Too many at once",
            $"{ValidationStore.MostPerUser} of your strategies are being examined. Wait for one of them."),
        ValidationOutcome.TooMany(var code) => Problems.TryLater(
            code, $"{ValidationStore.MostWaiting} strategies wait to be examined. Try again in a minute."),
        ValidationOutcome.NoWorker => Problems.TryLater(
            "no-worker", "No worker is free to examine it. Try again shortly; if that goes on, its operator has to look at the workers."),
        ValidationOutcome.TooSlow => Problems.TryLater(
            "validation-too-slow", "It was not done within two minutes: the workers have too much to do. Try again later."),
        ValidationOutcome.Impossible(_, var detail) => Problems.TryLater(
            "validation-unavailable", $"Strategies can't be examined now: {detail}"),
        var unexpected => throw new UnreachableException($"{unexpected}"),
    };

    private static Dictionary<string, JsonElement> ValuesOf(JsonElement? parameters) =>
        parameters is { ValueKind: JsonValueKind.Object } given
            ? given.EnumerateObject().GroupBy(value => value.Name, StringComparer.Ordinal).ToDictionary(value => value.Key, value => value.Last().Value.Clone(), StringComparer.Ordinal)
            : new Dictionary<string, JsonElement>(StringComparer.Ordinal);
}
