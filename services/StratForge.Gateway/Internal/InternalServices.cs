namespace StratForge.Gateway.Internal;

/// <summary>What the door for other services needs.</summary>
internal static class InternalServices
{
    public static void AddInternal(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<InternalOptions>().Bind(builder.Configuration.GetSection(InternalOptions.Section));
        builder.Services.AddSingleton<ServiceKey>();
    }
}
