namespace StratForge.SimulatedExchange.Orders;

/// <summary>An answer that is an error, in Alpaca's envelope.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Alpaca's code; null where its gateway leaves it out.</param>
/// <param name="Message">Its text.</param>
/// <param name="Context">Keys beside them, strings or lists of strings.</param>
internal sealed record Refusal(int Status, int? Code, string Message, params (string Key, object Value)[] Context);

/// <summary>Every refusal we answer with, in Alpaca's words where they are known.</summary>
internal static class Refusals
{
    public static readonly Refusal Malformed = new(400, 40010000, "request body format is invalid");
    public static readonly Refusal UnknownRoute = new(404, 40410000, "endpoint not found");
    public static readonly Refusal Unauthorized = new(401, null, "unauthorized.");
    public static readonly Refusal TooManyRequests = new(429, null, "too many requests.");
    public static readonly Refusal OrderIdMissing = Parameter("order_id is missing");
    public static readonly Refusal NoPosition = NotFound("position does not exist");

    public static Refusal Parameter(string message) => new(422, 40010001, message);

    public static Refusal Rule(string message, params (string Key, object Value)[] context) => new(422, 42210000, message, context);

    public static Refusal Forbidden(string message, params (string Key, object Value)[] context) => new(403, 40310000, message, context);

    public static Refusal NotFound(string message) => new(404, 40410000, message);

    /// <summary>The server's own fault. What Alpaca's gateway answers for it has no code.</summary>
    public static Refusal Server(int status) =>
        status == 500 ? new Refusal(status, 50010000, "internal server error occurred") : new Refusal(status, null, ReasonOf(status));

    public static Refusal Data(string message) => new(400, null, message);

    private static string ReasonOf(int status) => status switch
    {
        502 => "bad gateway",
        503 => "service unavailable",
        504 => "gateway timeout",
        _ => "server error",
    };
}
