// Fetches a page.
// ends: STRATEGY_ERROR HttpRequestException
// platform: COMPILE_ERROR
using System.Net.Http;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = new HttpClient().GetStringAsync("http://127.0.0.1:__TCP__/").GetAwaiter().GetResult();
        throw new InvalidOperationException("escaped");
    }
}
