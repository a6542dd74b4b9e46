using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>What nobody foresaw is logged, and answered as Alpaca answers it: by its envelope, under the request's id.</summary>
internal sealed partial class Surprises(ILogger<Surprises> logger)
{
    public async Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception surprise) when (surprise is not (BadHttpRequestException or OperationCanceledException) && !context.Response.HasStarted)
        {
            LogSurprise(surprise, context.Request.Method, context.Request.Path);
            await Answers.RefuseAsync(context, Refusals.Server(StatusCodes.Status500InternalServerError));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogSurprise(Exception surprise, string method, string path);
}
