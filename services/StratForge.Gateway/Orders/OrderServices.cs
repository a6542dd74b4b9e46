using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Orders;

/// <summary>What orders need, from the door to the books.</summary>
internal static class OrderServices
{
    public static void AddOrders(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddAlpaca(builder.Configuration);
        services.AddSingleton<IBroker, AlpacaBroker>();
        services.AddSingleton<IAccountHistory, AlpacaHistory>();
        AddHosted<ListedAssets>(services);
        AddHosted<MarketHours>(services);
        AddHosted<DayEnds>(services);
        services.AddSingleton<Arrivals>();
        services.AddSingleton<BuyPrices>();
        services.AddSingleton<OrderDesk>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton<OrderCancels>();
        services.AddSingleton<RefusedOrders>();

        services.AddSingleton<UserEvents>();
        services.AddSingleton<MarketViews>();
        services.AddSingleton<BooksStore>();
        services.AddOptions<BooksAccountOptions>().BindConfiguration(BooksAccountOptions.Section);
        services.AddSingleton<BooksAccountStore>();
        services.AddSingleton<BooksAccount>();
        builder.AddKeyedNpgsqlDataSource(BooksCommit.Database, configureDataSourceBuilder: static database =>
        {
            // One writer. On a connection of its own, what the server keeps for it is always warm.
            database.ConnectionStringBuilder.MaxPoolSize = 1;
            database.ConnectionStringBuilder.NoResetOnClose = true;
            database.ConnectionStringBuilder.MaxAutoPrepare = BooksCommit.MostStatements;
            database.ConnectionStringBuilder.AutoPrepareMinUsages = 1;
        });
        services.AddSingleton<BooksCommit>();
        AddHosted<BookKeeper>(services);
        services.AddSingleton<VenueLooks>();
        AddHosted<Submissions>(services);
        services.AddSingleton<OpenBrokerOrders>();
        services.AddSingleton<BrokerRecovery>();
        services.AddSingleton<BooksAddress>();
        services.AddLeaderForwarding();
        AddHosted<BooksLeader>(services);
        AddHosted<PriceTicks>(services);
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
