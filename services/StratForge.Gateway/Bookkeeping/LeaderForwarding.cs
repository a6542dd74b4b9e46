using System.Net;
using Microsoft.Net.Http.Headers;
using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Marks endpoints that need the books: only the gateway that keeps them can answer.</summary>
internal sealed class NeedsBooks
{
    public static readonly NeedsBooks Instance = new();
}

/// <summary>Hands requests that need the books to the gateway that keeps them, so that clients may speak to any.</summary>
/// <remarks>The request goes on as it came, credentials included, and the other gateway judges it by itself; only of what this gateway's own pages
/// send, the origin is made the other's own. One hop at most: a gateway that was handed a request and does not keep the books either answers
/// 503.</remarks>
internal static partial class LeaderForwarding
{
    /// <summary>Says of a 503 that the gateway does not keep the books and nothing was done.</summary>
    public const string NotLeading = "X-StratForge-Not-Leading";

    private const string Forwarded = "X-StratForge-Forwarded";
    private const string ClientName = "books";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Longer than the longest unit of work and its retries take; one that is cut off from everybody does not answer at all.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    private static readonly HashSet<string> s_hopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "TE", "Host", "Content-Length",
        // Said to this gateway, which believed it or not; the other would take it for this one's word.
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix",
        // A cookie renewed in passing fits the other's scheme, not that of the page; the next request that stays here renews it.
        "Set-Cookie",
    };

    public static TBuilder WithBooks<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NeedsBooks.Instance);

    // Without the repeats and breakers that other clients have: what the other gateway answers is the answer.
    public static void AddLeaderForwarding(this IServiceCollection services) =>
        services.AddHttpClient(ClientName, static client => client.Timeout = AnswersWithin)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => handlers.Clear());

    public static void UseLeaderForwarding(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeedsBooks>() is null)
        {
            await next(context);
            return;
        }

        var services = context.RequestServices;
        var books = services.GetRequiredService<BookKeeper>();
        var clock = services.GetRequiredService<TimeProvider>();
        var began = clock.GetTimestamp();
        while (!books.IsLeading)
        {
            var canWait = clock.GetElapsedTime(began) <= Patience;
            var own = services.GetRequiredService<BooksAddress>().Own;
            var isInternal = context.Connection.LocalPort == ListeningAddresses.InternalPort(app.Configuration);
            if (!context.Request.Headers.ContainsKey(Forwarded)
                && await FindLeaderAsync(services, context.RequestAborted) is { } leader
                && leader != own
                && (isInternal ? leader.Internal : leader.Public) is { } door
                && await TryForwardAsync(context, services, door, canWait))
            {
                return;
            }

            if (services.GetRequiredService<BooksAccount>().Refusal is { } refusal && !books.IsLeading)
            {
                // Waiting does not help.
                throw new ForeignAccountException(refusal);
            }

            if (!canWait)
            {
                throw new NotLeadingException();
            }

            // Nobody keeps the books this moment: the next one begins within a second or two.
            await Task.Delay(AskAgainAfter, clock, context.RequestAborted);
        }

        if (context.Request.Body.CanSeek)
        {
            // Somebody was to have it before.
            context.Request.Body.Position = 0;
        }

        await next(context);
    });

    private static async Task<BooksDoors?> FindLeaderAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            return await services.GetRequiredService<BooksStore>().FindLeaderAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // False while the request can be handed to somebody else: nothing was done, or its key makes it happen once.
    private static async Task<bool> TryForwardAsync(HttpContext context, IServiceProvider services, string door, bool canWait)
    {
        var request = context.Request;
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), $"{door}{request.PathBase}{request.Path}{request.QueryString}")
        {
            Content = new ByteArrayContent(await ReadBodyAsync(request, context.RequestAborted)),
        };
        foreach (var (name, values) in request.Headers)
        {
            if (!s_hopHeaders.Contains(name) && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                message.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        if (SameOrigin.IsOwn(request))
        {
            message.Headers.Remove(HeaderNames.Origin);
            message.Headers.Add(HeaderNames.Origin, message.RequestUri!.GetLeftPart(UriPartial.Authority));
        }

        message.Headers.Add(Forwarded, "1");
        HttpResponseMessage answer;
        try
        {
            answer = await services.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName)
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            LogNotHanded(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LeaderForwarding)), door, exception.Message);

            // Either it was never there, or it went away over the request and may have carried it out before.
            return exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
                || IdempotencyKeys.IsSafeToRepeat(request, context.GetEndpoint())
                ? false
                : throw new LeaderLostException(exception);
        }

        using (answer)
        {
            // Any other 503 may come from one that gave up over a commit of which nobody knows whether it happened.
            if (canWait && answer.StatusCode == HttpStatusCode.ServiceUnavailable
                && (answer.Headers.Contains(NotLeading) || IdempotencyKeys.IsSafeToRepeat(request, context.GetEndpoint())))
            {
                return false;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (!s_hopHeaders.Contains(name))
                {
                    context.Response.Headers[name] = values.ToArray();
                }
            }

            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            return true;
        }
    }

    // Whole, so that its length is known and it can be had again.
    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        request.Body.Position = 0;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    [LoggerMessage(LogLevel.Warning, "A request can't be handed to the gateway that keeps the books, at {Door}: {Reason}")]
    private static partial void LogNotHanded(ILogger logger, string door, string reason);
}

/// <summary>The gateway that keeps the books went away over a request: nobody knows yet whether it was carried out.</summary>
internal sealed class LeaderLostException(Exception inner) : Exception("The gateway that keeps the books went away over this request.", inner);
