using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>All measurements of this process since it started, as text that Prometheus reads (exposition format 0.0.4).</summary>
/// <remarks>Source: https://prometheus.io/docs/instrumenting/exposition_formats/. It listens from the start on, whether anyone ever asks or not.</remarks>
public sealed class PrometheusPage : IHostedService, IDisposable
{
    /// <summary>Media type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _gate = new();
    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();
    private readonly List<MeasuredInstrument> _instruments = [];

    /// <summary>Begins to listen.</summary>
    public PrometheusPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsOurs(instrument.Meter.Name))
            {
                var measured = new MeasuredInstrument(instrument, BoundsOf(instrument));
                lock (_gate)
                {
                    // Several of one name, as of two services that a test runs in one process, are one on the page.
                    if (_instruments.Find(known => known.Name == measured.Name) is { } known)
                    {
                        measured = known;
                    }
                    else
                    {
                        _instruments.Add(measured);
                    }
                }

                listener.EnableMeasurementEvents(instrument, measured);
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    /// <summary>The page as it is now.</summary>
    public string Write()
    {
        lock (_reading)
        {
            MeasuredInstrument[] instruments;
            lock (_gate)
            {
                instruments = [.. _instruments.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)];
            }

            foreach (var instrument in instruments)
            {
                instrument.Forget();
            }

            _listener.RecordObservableInstruments();
            var page = new StringBuilder();
            foreach (var instrument in instruments)
            {
                instrument.Write(page);
            }

            return page.ToString();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    // The same as go out over OTLP.
    private static bool IsOurs(string meter) =>
        meter.StartsWith("StratForge.", StringComparison.Ordinal) || TelemetryExtensions.PlatformMeters.Contains(meter);

    private static IReadOnlyList<double>? BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
        Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
        Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
        _ => null,
    };

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MeasuredInstrument)state!).Record(value, tags);
}
