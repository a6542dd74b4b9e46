using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>What is posted to a webhook. Every attempt posts the same bytes.</summary>
/// <param name="Id">Id of the firing: whoever gets it twice knows it by that.</param>
/// <param name="Type">Always <c>alert.fired</c>.</param>
/// <param name="FiredAt">When, by our clock.</param>
/// <param name="MarketAt">The market's time, where a price is behind it.</param>
/// <param name="Alert">What fired.</param>
internal sealed record WebhookBody(Guid Id, string Type, DateTimeOffset FiredAt, DateTimeOffset? MarketAt, WebhookAlert Alert)
{
    /// <summary>The text, spelled as the API spells values.</summary>
    public static string Of(AlertEvent told, DateTimeOffset? marketAt, DateTimeOffset firedAt) => JsonSerializer.Serialize(
        new WebhookBody(
            told.FiringId, "alert.fired", firedAt, marketAt,
            new WebhookAlert(told.AlertId, told.Name, told.Kind, told.Message, told.Symbol, told.SessionId, told.Level, told.Value, told.IsTest)),
        ApiJson.Options);
}

/// <summary>The alert in it.</summary>
internal sealed record WebhookAlert(
    Guid Id, string Name, string Kind, string Message, string? Symbol, Guid? SessionId, decimal? Level, decimal? Value, bool IsTest);
