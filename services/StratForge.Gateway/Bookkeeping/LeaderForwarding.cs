using System.Net;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Marks endpoints that need the books: only the gateway that keeps them can answer.</summary>
internal sealed class NeedsBooks
{
    public static readonly NeedsBooks Instance = new();
}

/// <summary>Hands requests that need the books to the gateway that keeps them, so that clients may speak to any.</summary>
/// <remarks>The request goes on as it came, credentials included, and the other gateway judges it by itself. One hop at most: a gateway that was
/// handed a request and does not keep the books either answers 503.</remarks>
internal static class LeaderForwarding
{
    private const string Forwarded = "X-StratForge-Forwarded";
    private const string ClientName = "books";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly HashSet<string> s_hopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "TE", "Host", "Content-Length",
    };

    public static TBuilder WithBooks<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NeedsBooks.Instance);

    public static void AddLeaderForwarding(this IServiceCollection services) =>
        services.AddHttpClient(ClientName).ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

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
        var own = services.GetRequiredService<BooksAddress>().Own;
        var isInternal = context.Connection.LocalPort == ListeningAddresses.InternalPort(app.Configuration);
        var began = clock.GetTimestamp();
        while (!books.IsLeading)
        {
            if (!context.Request.Headers.ContainsKey(Forwarded)
                && await FindLeaderAsync(services, context.RequestAborted) is { } leader
                && leader != own
                && (isInternal ? leader.Internal : leader.Public) is { } door
                && await TryForwardAsync(context, services, door))
            {
                return;
            }

            if (clock.GetElapsedTime(began) > Patience)
            {
                throw new NotLeadingException();
            }

            // Nobody keeps the books this moment: the next one begins within a second or two.
            await Task.Delay(AskAgainAfter, clock, context.RequestAborted);
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

    // False only while nothing was sent: the request can be handed to somebody else.
    private static async Task<bool> TryForwardAsync(HttpContext context, IServiceProvider services, string door)
    {
        var request = context.Request;
        request.EnableBuffering();
        request.Body.Position = 0;
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), $"{door}{request.PathBase}{request.Path}{request.QueryString}")
        {
            Content = new StreamContent(request.Body),
        };
        foreach (var (name, values) in request.Headers)
        {
            if (!s_hopHeaders.Contains(name) && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                message.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        message.Headers.Add(Forwarded, "1");
        HttpResponseMessage answer;
        try
        {
            answer = await services.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName)
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return false;
        }

        using (answer)
        {
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
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
}
