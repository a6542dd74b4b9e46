using System.Text.Json;
using StratForge.Contracts;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Events of orders as JSON: written once, stored and published as the same text.</summary>
internal static class OrderEvents
{
    public static string Write(AccountEvent news) => JsonSerializer.Serialize(news.Data, ContractsJson.Default.OrderEvent);
}
