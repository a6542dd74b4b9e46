using System.Text.Json;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.BarToBroker;

/// <summary>Where the time goes: the moments that the platform's own traces hold, measured from the publication of the bar.</summary>
/// <remarks>Taken from bars of their own after the measured ones, since tracing costs time; the stages explain the figures, they do not replace them.</remarks>
/// <param name="page">A client of the page that shows them.</param>
/// <param name="clock">Also the platform's.</param>
internal sealed class Stages(HttpClient page, TimeProvider clock)
{
    private static readonly (string Span, bool End, string Meaning)[] Moments =
    [
        ("bar", false, "the worker has the bar"),
        ("execute signal", false, "the gateway has the signal"),
        ("execute signal", true, "the order is committed"),
        ("submit order", false, "its submission begins"),
    ];

    // Exporters send once a second or every few; the last spans of a bar come with the next batch.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);

    /// <summary>A trace context for the next bar, whose publication is now.</summary>
    public string Begin()
    {
        var trace = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        _published[trace] = clock.GetUtcNow();
        return $"00-{trace}-00f067aa0ba902b7-01";
    }

    /// <summary>One line per moment: median and 99th percentile of the milliseconds since the bar was published.</summary>
    public async Task<string> DescribeAsync(int ordersPerBar)
    {
        var seen = Moments.Select(_ => new Latencies()).ToArray();
        foreach (var (trace, published) in _published)
        {
            foreach (var span in await SpansAsync(trace, ordersPerBar))
            {
                for (var i = 0; i < Moments.Length; i++)
                {
                    if (span.GetProperty("name").GetString() == Moments[i].Span)
                    {
                        var nanoseconds = span.GetProperty(Moments[i].End ? "endedAt" : "startedAt").GetInt64();
                        seen[i].Add((DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100) - published).TotalMilliseconds);
                    }
                }
            }
        }

        return string.Concat(Moments.Zip(seen, (moment, latencies) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"| {ordersPerBar} | {moment.Meaning} | {latencies.Percentile(0.5):F2} | {latencies.Percentile(0.99):F2} |\n")));
    }

    private async Task<IReadOnlyList<JsonElement>> SpansAsync(string trace, int orders)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), clock);
        while (true)
        {
            using var response = await page.GetAsync($"/api/traces/{trace}", timeout.Token);
            if (response.IsSuccessStatusCode)
            {
                using var document = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(timeout.Token));
                var spans = document.RootElement.GetProperty("spans").EnumerateArray().Select(span => span.Clone()).ToArray();
                if (spans.Count(span => span.GetProperty("name").GetString() == "execute signal") >= orders
                    && Moments.All(moment => spans.Any(span => span.GetProperty("name").GetString() == moment.Span)))
                {
                    return spans;
                }
            }

            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }
}
