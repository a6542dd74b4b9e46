namespace StratForge.Gateway.Identity;

/// <summary>Whose an access token or an API key is. Every door that takes them asks here, so that all of them look at the same.</summary>
internal sealed class Bearers(AccessTokens accessTokens, ApiKeys apiKeys, SignIns signIns)
{
    /// <summary>Who shows it; null when it is nobody's, over or revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        var caller = ApiKeys.IsOne(credential)
            ? await apiKeys.FindAsync(credential, cancellationToken)
            : accessTokens.Read(credential)?.Caller;
        return caller is not null && await signIns.IsAliveAsync(caller.FamilyId, cancellationToken) ? caller : null;
    }
}
