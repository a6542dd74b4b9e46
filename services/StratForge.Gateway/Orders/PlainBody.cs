using System.IO.Pipelines;

namespace StratForge.Gateway.Orders;

/// <summary>The body of a request, if it is short JSON that came in one piece with its head.</summary>
internal static class PlainBody
{
    private const int Longest = 4096;

    /// <summary>Reads a body without waiting for it.</summary>
    /// <typeparam name="T">What it says.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="parse">Understands it; null when it has to be looked at with more care. Then the body stays as it was.</param>
    public static T? TryRead<T>(HttpRequest request, Func<ReadOnlySpan<byte>, T?> parse)
        where T : class
    {
        if (request is not { ContentLength: > 0 and <= Longest and var length, ContentType: "application/json" or "application/json; charset=utf-8" }
            || !request.BodyReader.TryRead(out var read))
        {
            return null;
        }

        var body = read.Buffer;
        var value = body.Length == length && body.IsSingleSegment ? parse(body.FirstSpan) : null;
        request.BodyReader.AdvanceTo(value is null ? body.Start : body.End);
        return value;
    }
}
