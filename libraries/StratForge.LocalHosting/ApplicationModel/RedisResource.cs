namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>A Redis server. Endpoint <c>tcp</c>, scheme <c>redis</c>.</summary>
public sealed class RedisResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    private EndpointReference? _primaryEndpoint;

    public RedisResource(string name, ParameterResource password)
        : this(name) => PasswordParameter = password;

    public EndpointReference PrimaryEndpoint => _primaryEndpoint ??= new(this, "tcp");

    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    public ParameterResource? PasswordParameter { get; internal set; }

    /// <summary>False until said: native servers speak plain text on loopback.</summary>
    public bool TlsEnabled { get; internal set; }

    /// <summary>A server the user runs and named; nothing is started then.</summary>
    public GivenRedis? Given { get; internal set; }

    public ReferenceExpression ConnectionStringExpression => (Given, PasswordParameter) switch
    {
        ({ } given, _) => ReferenceExpression.Create($"{given.ConnectionString}"),
        (null, { } password) => ReferenceExpression.Create($"{Host}:{Port},password={password}"),
        _ => ReferenceExpression.Create($"{Host}:{Port}"),
    };

    public ReferenceExpression UriExpression => (Given, PasswordParameter) switch
    {
        ({ } given, _) => ReferenceExpression.Create($"{given.Uri}"),
        (null, { } password) => ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Scheme)}://:{password:uri}@{Host}:{Port}"),
        _ => ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Scheme)}://{Host}:{Port}"),
    };

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties()
    {
        yield return new("Host", Given is { } host ? ReferenceExpression.Create($"{host.Host}") : ReferenceExpression.Create($"{Host}"));
        yield return new("Port", Given is { } port ? ReferenceExpression.Create($"{port.PortText}") : ReferenceExpression.Create($"{Port}"));
        if (Given?.Password is { } given)
        {
            yield return new("Password", ReferenceExpression.Create($"{given}"));
        }
        else if (Given is null && PasswordParameter is { } password)
        {
            yield return new("Password", ReferenceExpression.Create($"{password}"));
        }

        yield return new("Uri", UriExpression);
    }
}

/// <summary>A Redis the user named, as <c>redis://[user:password@]host[:port][/database]</c> or as <c>host:port,password=…</c>.</summary>
public sealed record GivenRedis(string ConnectionString, string Host, int Port, string? Password, string Uri)
{
    internal string PortText => $"{Port}";

    /// <exception cref="DistributedApplicationException">Neither of the two forms.</exception>
    public static GivenRedis Parse(string text)
    {
        if (System.Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "redis" or "rediss" or "valkey")
        {
            var port = uri.Port > 0 ? uri.Port : 6379;
            var credentials = uri.UserInfo.Split(':', 2);
            var password = credentials is [_, var secret] ? System.Uri.UnescapeDataString(secret) : null;
            var database = uri.AbsolutePath.Trim('/');
            return new(
                $"{uri.Host}:{port}" + (password is null ? "" : $",password={password}") + (database is "" or "0" ? "" : $",defaultDatabase={database}")
                    + (uri.Scheme == "rediss" ? ",ssl=true" : ""),
                uri.Host, port, password, text);
        }

        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var address, ..] || address.Contains('='))
        {
            throw new DistributedApplicationException(
                "The Redis address given is neither 'redis://host:port' nor 'host:port,password=...'.");
        }

        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? address : address[..colon];
        var given = parts.Skip(1).Select(part => part.Split('=', 2)).LastOrDefault(pair => pair is ["password", _])?[1];
        var portGiven = colon < 0 ? 6379 : int.Parse(address[(colon + 1)..]);
        return new(text, host, portGiven, given,
            given is null ? $"redis://{host}:{portGiven}" : $"redis://:{System.Uri.EscapeDataString(given)}@{host}:{portGiven}");
    }
}

/// <summary>How often Redis writes its data to disk.</summary>
public sealed class PersistenceAnnotation(TimeSpan? interval, long keysChangedThreshold) : IResourceAnnotation
{
    public TimeSpan? Interval => interval;

    public long KeysChangedThreshold => keysChangedThreshold;
}
