namespace StratForge.Gateway.Demo;

/// <summary>What the demo needs.</summary>
internal static class DemoServices
{
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DemoOptions>()
            .Bind(builder.Configuration.GetSection(DemoOptions.Section))
            .Validate(options => options.PasswordIsSensible, "Demo__Password has to have 10 to 256 characters.")
            .ValidateOnStart();
        builder.Services.AddHostedService<DemoAccount>();
    }
}
