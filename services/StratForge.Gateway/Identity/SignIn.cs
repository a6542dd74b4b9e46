namespace StratForge.Gateway.Identity;

/// <summary>A sign-in that counts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BeganAt">When the password, or a link in place of it, was shown.</param>
/// <param name="RefreshedAt">When its tokens were given out last. A browser lives by its cookie and asks for none.</param>
/// <param name="ExpiresAt">When it is over unless it is refreshed.</param>
/// <param name="IsCurrent">Whether this very request is made with it.</param>
public sealed record SignIn(Guid Id, DateTimeOffset BeganAt, DateTimeOffset RefreshedAt, DateTimeOffset ExpiresAt, bool IsCurrent);
