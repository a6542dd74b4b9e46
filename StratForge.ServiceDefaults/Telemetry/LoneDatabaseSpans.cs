using System.Diagnostics;
using OpenTelemetry;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>Keeps statements that belong to no request, bar or order out of the traces: lease renewals, sweeps and probes run every
/// second, and would bury what somebody looks for.</summary>
internal sealed class LoneDatabaseSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == "Npgsql" && data.ParentSpanId == default && data.Status != ActivityStatusCode.Error)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
