using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Persistence;
using StratForge.SimulatedExchange.Protocol;
using StratForge.SimulatedExchange.Streams;

namespace StratForge.SimulatedExchange;

/// <summary>Puts the exchange together; the tests build the very same one.</summary>
internal static class Exchange
{
    public static WebApplicationBuilder AddExchange(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ExchangeOptions>().BindConfiguration(ExchangeOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ExchangeOptions>, ExchangeOptionsValidator>();
        builder.Services.AddSingleton<AnswerCounts>();
        builder.Services.AddSingleton<FrontDoor>();
        builder.Services.AddSingleton<Surprises>();
        builder.Services.AddSingleton(services => OpenMarket(services.GetRequiredService<IOptions<ExchangeOptions>>().Value));
        builder.Services.AddSingleton<FaultPlan>();
        builder.Services.AddSingleton<RequestFaults>();
        builder.Services.AddSingleton<OrderStream>();
        builder.Services.AddSingleton<DataStream>();
        builder.Services.AddSingleton(OpenFloor);
        builder.Services.AddSingleton<OrderDesk>();
        builder.Services.AddHostedService<MarketWalker>();
        builder.Services.AddHostedService<TestFeed>();
        builder.Services.AddHealthChecks().AddCheck<FloorHealth>("market");
        return builder;
    }

    /// <summary>Every route of Alpaca's that this exchange serves, and its own for faults.</summary>
    public static WebApplication MapExchange(this WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        app.UseRouting();

        // The page for Prometheus is the service's own and asks for no keys, like its health, which never comes this far.
        app.UseWhen(context => context.Request.Path != "/metrics", static alpaca =>
        {
            alpaca.Use(next => context => context.RequestServices.GetRequiredService<AnswerCounts>().CountAsync(context, next));
            alpaca.Use(next => context => context.RequestServices.GetRequiredService<FrontDoor>().EnterAsync(context, next));
            alpaca.Use(next => context => context.RequestServices.GetRequiredService<Surprises>().EnterAsync(context, next));
            alpaca.Use(next => context => context.RequestServices.GetRequiredService<RequestFaults>().EnterAsync(context, next));
        });
        app.MapAccount();
        app.MapConfiguration();
        app.MapActivities();
        app.MapPortfolioHistory();
        app.MapPositions();
        app.MapOrders();
        app.MapAssets();
        app.MapSessions();
        app.MapWatchlists();
        app.MapMarketData();
        app.MapHistory();
        app.MapScreener();
        app.MapStreams();
        app.MapFaults();
        app.MapAnswerCounts();
        app.MapOwnEntries();
        app.MapHalts();
        app.MapFallback("{**path}", context => Answers.RefuseAsync(context, Refusals.UnknownRoute));
        return app;
    }

    private static PriceSource OpenMarket(ExchangeOptions options)
    {
        var files = (options.Replay ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return files.Length > 0 ? ReplayMarket.Load(files) : new SyntheticMarket(options.Seed, options.Hours);
    }

    private static TradingFloor OpenFloor(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ExchangeOptions>>().Value;
        var prices = services.GetRequiredService<PriceSource>();
        IJournal journal = new NoJournal();
        AccountBook? book = null;
        if (options.DataDirectory is { Length: > 0 } directory)
        {
            // An account belongs to one market: its positions have prices there and its clock stands there.
            (journal, book) = FileJournal.Open(Path.Combine(directory, prices.Key));
        }

        return new TradingFloor(
            options,
            prices,
            services.GetRequiredService<TimeProvider>(),
            journal,
            book,
            services.GetRequiredService<OrderStream>(),
            services.GetRequiredService<DataStream>(),
            services.GetRequiredService<FaultPlan>());
    }
}
