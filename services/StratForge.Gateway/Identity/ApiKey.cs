using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>A key that a program shows instead of signing in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Prefix">How it begins, to tell it from others: <c>sf_</c> and eight characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last shown, give or take a minute; null when it never was.</param>
public sealed record ApiKey(Guid Id, string Name, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>A new key, which is shown this once.</summary>
/// <param name="ApiKey">What is known of it.</param>
/// <param name="Key">Send it as <c>Authorization: Bearer …</c>. Nobody can read it again; make another when it is lost.</param>
public sealed record ApiKeyWithKey(ApiKey ApiKey, string Key);

/// <summary>The keys of a user that count, newest first.</summary>
/// <param name="Items">At most 20.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);

/// <summary>A key to make.</summary>
/// <param name="Name">1 to 100 characters: the program that it is for.</param>
public sealed record NewApiKey(string? Name = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors) => errors.Require("name", Name, 100);
}

/// <summary>What became of a wish for a key.</summary>
internal abstract record NewApiKeyOutcome
{
    private NewApiKeyOutcome()
    {
    }

    public sealed record Added(ApiKeyWithKey Key) : NewApiKeyOutcome;

    public sealed record TooMany : NewApiKeyOutcome;

    public sealed record SignInOver : NewApiKeyOutcome;
}
