namespace StratForge.Gateway.Users;

/// <summary>What the care of accounts needs.</summary>
internal static class UserServices
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UserDirectory>();
        builder.Services.AddSingleton<UserDesk>();
    }
}
