namespace StratForge.Gateway.Identity;

/// <summary>The address whose owner runs the platform: <c>Admin__Email</c>. Nobody becomes an admin in another way.</summary>
internal sealed class AdminAddress(IConfiguration configuration)
{
    private readonly string? _email = configuration["Admin:Email"]?.Trim().ToLowerInvariant();

    /// <summary>The address in lower case; null when none is configured.</summary>
    public string? Email => string.IsNullOrEmpty(_email) ? null : _email;

    public bool Is(string email) => Email == email;
}

/// <summary>Makes an account that existed before it was named in the configuration an admin's.</summary>
internal sealed class AdminPromotion(AdminAddress admin, UserStore users) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        admin.Email is { } email ? users.PromoteAsync(email, cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
