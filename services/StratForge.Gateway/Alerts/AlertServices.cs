using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Alerts;

/// <summary>What alerts need.</summary>
internal static class AlertServices
{
    public static void AddAlerts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertDesk>();

        // Whoever listens is there before whoever speaks.
        AddHosted<Postman>(services);
        AddHosted<PriceAlerts>(services);
        AddHosted<AlertFirings>(services);
        AddHosted<AlertList>(services);
        services.AddSingleton<EquityStore>();
        AddHosted<EquityAlerts>(services);
        AddHosted<EventAlerts>(services);
        AddHosted<AlertTidying>(services);

        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<WebhookPost>();
        services.AddSingleton<DeliveryStore>();
        // Without the repeats and breakers of other clients: the postman has his own, which outlive this process.
        services.AddHttpClient(WebhookPost.ClientName, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static provider => WebhookPost.Handler(provider.GetRequiredService<IOptions<AlertOptions>>().Value))
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => handlers.Clear());
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
