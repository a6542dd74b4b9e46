using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>Takes telemetry in as OTLP over HTTP, and shows the traces in it.</summary>
internal sealed class TraceEndpoints(TraceStore traces)
{
    // An exporter's batch of 512 spans is a few hundred kilobytes.
    private const int MaxBody = 16 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/traces", context => ReceiveAsync(context, body => traces.Add(OtlpReader.Spans(body))));
        routes.MapPost("/v1/metrics", context => ReceiveAsync(context, body => traces.CountMetrics(OtlpReader.CountItems(body))));
        routes.MapPost("/v1/logs", context => ReceiveAsync(context, body => traces.CountLogRecords(OtlpReader.CountItems(body))));
        routes.MapGet("/api/traces", ListAsync);
        routes.MapGet("/api/traces/{id}", FindAsync);
    }

    private static async Task ReceiveAsync(HttpContext context, Action<byte[]> take)
    {
        if (context.Request.ContentType?.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        try
        {
            take(await ReadAsync(context.Request, context.RequestAborted));
        }
        catch (InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // An empty message: everything was accepted.
        context.Response.ContentType = "application/x-protobuf";
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        await using (body)
        {
            var read = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                read.Write(buffer, 0, count);
                if (read.Length > MaxBody)
                {
                    throw new InvalidDataException("Too large.");
                }
            }

            return read.ToArray();
        }
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = int.TryParse(query["limit"], out var asked) ? Math.Clamp(asked, 1, TraceStore.MaxTraces) : 100;
        var minServices = int.TryParse(query["minServices"], out var services) ? services : 1;
        var (spans, metrics, logRecords) = traces.Received;
        return ResourceEndpoints.WriteJsonAsync(context, new
        {
            traces = traces.Newest(limit, Text("service"), Text("text"), minServices),
            received = new { spans, metrics, logRecords },
        });

        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
    }

    private Task FindAsync(HttpContext context)
    {
        var spans = traces.Find((string)context.GetRouteValue("id")!);
        if (spans.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return ResourceEndpoints.WriteJsonAsync(context, new { id = spans[0].TraceId, spans });
    }
}
