using System.Text.Json;
using StratForge.Contracts;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Events of accounts as JSON: written once, stored and published as the same text.</summary>
internal static class OrderEvents
{
    public static string Write(AccountEvent news) => news switch
    {
        { Portfolio: { } portfolio } => JsonSerializer.Serialize(portfolio, ContractsJson.Default.PortfolioEvent),
        { Session: { } session } => JsonSerializer.Serialize(session, ContractsJson.Default.SessionEvent),
        { Alert: { } alert } => JsonSerializer.Serialize(alert, ContractsJson.Default.AlertEvent),
        _ => JsonSerializer.Serialize(news.Data!, ContractsJson.Default.OrderEvent),
    };
}
