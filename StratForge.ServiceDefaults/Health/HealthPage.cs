using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace StratForge.ServiceDefaults.Health;

/// <summary>Health of a service as JSON: its name, the worst status, and each check with its data.</summary>
public static class HealthPage
{
    /// <summary>Writes the answer.</summary>
    /// <param name="context">To whom.</param>
    /// <param name="report">What the checks say.</param>
    /// <param name="options">How their data is spelled; as JSON usually is if not given.</param>
    /// <param name="more">Writes what the service itself has to say, before the checks.</param>
    // Field by field: what checks report is a mix of types, and exceptions stay inside (their text may hold addresses).
    public static async Task WriteAsync(
        HttpContext context, HealthReport report, JsonSerializerOptions? options = null, Action<Utf8JsonWriter>? more = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(report);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("service", context.RequestServices.GetRequiredService<IHostEnvironment>().ApplicationName);
        json.WriteString("status", report.Status.ToString());
        more?.Invoke(json);
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", entry.Status.ToString());
            if (entry.Description is { } description)
            {
                json.WriteString("description", description);
            }

            foreach (var (key, value) in entry.Data)
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value, value.GetType(), options);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
