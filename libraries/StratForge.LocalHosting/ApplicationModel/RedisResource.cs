using System.Globalization;
using StratForge.ServiceDefaults.Data;

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

    /// <summary>Only a given server may speak TLS: native ones speak plain text on loopback.</summary>
    public bool TlsEnabled => Given is { Tls: true };

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

/// <summary>A Redis the user named, as <c>redis[s]://[:password@]host[:port][/database]</c> or as <c>host:port,password=…,ssl=true</c>.</summary>
public sealed record GivenRedis(string ConnectionString, string Host, int Port, string? Password, string Uri, bool Tls = false)
{
    private const string Forms = "The Redis address given is neither 'redis://host:port' nor 'host:port,password=...'.";

    internal string PortText => $"{Port}";

    /// <exception cref="DistributedApplicationException">Neither of the two forms, or it asks for what services can't be told.</exception>
    public static GivenRedis Parse(string text)
    {
        if (RedisUrl.IsMeant(text))
        {
            return OfUrl(text);
        }

        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var address, ..] || address.Contains('='))
        {
            throw new DistributedApplicationException(Forms);
        }

        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? address : address[..colon];
        ushort portGiven = 6379;
        if (colon >= 0 && !ushort.TryParse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out portGiven))
        {
            throw new DistributedApplicationException($"{Forms} '{address[(colon + 1)..]}' is no port.");
        }

        var options = parts.Skip(1).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var given = options["password"].LastOrDefault();
        var tls = string.Equals(options["ssl"].LastOrDefault(), "true", StringComparison.OrdinalIgnoreCase);
        return new(text, host, portGiven, given,
            $"{(tls ? "rediss" : "redis")}://{(given is null ? "" : $":{System.Uri.EscapeDataString(given)}@")}{host}:{portGiven}", tls);
    }

    private static GivenRedis OfUrl(string text)
    {
        try
        {
            var url = RedisUrl.Parse(text, "The Redis address given");
            if (url.Password is { } password && (password.Contains(',', StringComparison.Ordinal) || password.Trim() != password))
            {
                throw new DistributedApplicationException(
                    "The password in the Redis address given has a comma, or a blank at its beginning or end; services are told it in a text that can't hold that.");
            }

            return new(
                $"{url.Host}:{url.Port}" + (url.Password is null ? "" : $",password={url.Password}") + (url.Database is null or 0 ? "" : $",defaultDatabase={url.Database}")
                    + (url.IsSecured ? ",ssl=true" : ""),
                url.Host, url.Port, url.Password, text, url.IsSecured);
        }
        catch (InvalidOperationException exception)
        {
            throw new DistributedApplicationException(exception.Message, exception);
        }
    }
}

/// <summary>How often Redis writes its data to disk.</summary>
public sealed class PersistenceAnnotation(TimeSpan? interval, long keysChangedThreshold) : IResourceAnnotation
{
    public TimeSpan? Interval => interval;

    public long KeysChangedThreshold => keysChangedThreshold;
}
