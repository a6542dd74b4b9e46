using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Retention;

/// <summary>What deleting old rows needs.</summary>
internal static class RetentionServices
{
    public static void AddRetention(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
        services.AddSingleton<RetentionStore>();
        services.AddHostedService<RetentionRounds>();
    }
}
