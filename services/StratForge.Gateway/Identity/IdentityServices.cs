namespace StratForge.Gateway.Identity;

/// <summary>What signing in needs.</summary>
internal static class IdentityServices
{
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<JwtOptions>()
            .Bind(builder.Configuration.GetSection(JwtOptions.Section))
            .PostConfigure(options =>
            {
                if (options.Secret.Length == 0)
                {
                    options.Secret = builder.Configuration["JWT_SECRET"] ?? "";
                }
            })
            .Validate(
                options => options.IsLongEnough,
                "Jwt__Secret (or JWT_SECRET) has to hold at least 32 bytes: it signs every access token.")
            .Validate(
                options => options.LivesAreSensible,
                "Jwt: AccessTokenLife is 1 minute to 1 day, CookieLife not shorter than it, RefreshTokenLife not shorter than that.")
            .ValidateOnStart();

        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddSingleton<SignIns>();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<Bearers>();
        builder.Services.AddSingleton<SessionCookie>();
        builder.Services.AddSingleton<SameOrigin>();
        builder.Services.AddSingleton(_ => new Passwords());
        builder.Services.AddSingleton<UserStore>();
        builder.Services.AddSingleton<PasswordLinks>();
        builder.Services.AddSingleton<AccountChanges>();
        builder.Services.AddSingleton<IdentityDesk>();

        builder.Services.AddOptions<RegistrationOptions>().BindConfiguration(RegistrationOptions.Section).ValidateOnStart();
        builder.Services.AddOptions<AdminOptions>()
            .Bind(builder.Configuration.GetSection(AdminOptions.Section))
            .Validate(options => options.AddressIsSensible, "Admin__Email is not an email address.")
            .Validate(options => options.PasswordIsSensible, "Admin__Password has to have 10 to 256 characters.")
            .ValidateOnStart();
        builder.Services.AddHostedService<AdminAccount>();
        builder.Services.AddHostedService<SignInTidying>();

        // AddAuthentication would bring data protection, which writes keys to disk that nothing here uses.
        builder.Services.AddWebEncoders();
        builder.Services.AddTransient<CallerAuthentication>();
        builder.Services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = CallerAuthentication.SchemeName;
            options.AddScheme<CallerAuthentication>(CallerAuthentication.SchemeName, displayName: null);
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Caller.Admin, policy => policy.RequireRole(Caller.Admin));
    }
}
