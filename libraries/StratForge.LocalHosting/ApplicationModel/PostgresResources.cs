using Npgsql;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>A Postgres server. Endpoint <c>tcp</c>.</summary>
public sealed class PostgresServerResource : ContainerResource, IResourceWithConnectionString
{
    private const string DefaultUserName = "postgres";

    private readonly Dictionary<string, string> _databases = new(StringComparer.OrdinalIgnoreCase);
    private EndpointReference? _primaryEndpoint;

    public PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : base(name)
    {
        UserNameParameter = userName;
        PasswordParameter = password;
    }

    public EndpointReference PrimaryEndpoint => _primaryEndpoint ??= new(this, "tcp");

    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    public ParameterResource? UserNameParameter { get; set; }

    public ParameterResource PasswordParameter { get; set; }

    public ReferenceExpression UserNameReference => UserNameParameter is { } parameter
        ? ReferenceExpression.Create($"{parameter}")
        : ReferenceExpression.Create($"{DefaultUserName}");

    /// <summary>Resource names and the database names they stand for.</summary>
    public IReadOnlyDictionary<string, string> Databases => _databases;

    /// <summary>A server the user runs and named; nothing is started then.</summary>
    public NpgsqlConnectionStringBuilder? Given { get; internal set; }

    public ReferenceExpression ConnectionStringExpression => Given is { } given
        ? ReferenceExpression.Create($"{given.ConnectionString}")
        : ReferenceExpression.Create($"Host={Host};Port={Port};Username={UserNameReference};Password={PasswordParameter}");

    public ReferenceExpression UriExpression => Given is { } given
        ? ReferenceExpression.Create($"postgresql://{given.Username:uri}:{given.Password:uri}@{given.Host ?? ""}:{GivenPort}")
        : ReferenceExpression.Create($"postgresql://{UserNameReference}:{PasswordParameter:uri}@{Host}:{Port}");

    public ReferenceExpression JdbcConnectionString => Given is { } given
        ? ReferenceExpression.Create($"jdbc:postgresql://{given.Host ?? ""}:{GivenPort}")
        : ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}");

    private string GivenPort => $"{Given?.Port}";

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => Given is { } given
        ?
        [
            new("Host", ReferenceExpression.Create($"{given.Host ?? ""}")),
            new("Port", ReferenceExpression.Create($"{GivenPort}")),
            new("Username", ReferenceExpression.Create($"{given.Username ?? ""}")),
            new("Password", ReferenceExpression.Create($"{given.Password ?? ""}")),
            new("Uri", UriExpression),
            new("JdbcConnectionString", JdbcConnectionString),
        ]
        :
        [
            new("Host", ReferenceExpression.Create($"{Host}")),
            new("Port", ReferenceExpression.Create($"{Port}")),
            new("Username", UserNameReference),
            new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
            new("Uri", UriExpression),
            new("JdbcConnectionString", JdbcConnectionString),
        ];

    internal List<PostgresDatabaseResource> DatabaseResources { get; } = [];

    internal void Add(PostgresDatabaseResource database)
    {
        _databases.Add(database.Name, database.DatabaseName);
        DatabaseResources.Add(database);
    }
}

/// <summary>A database of a Postgres server, created once the server is healthy.</summary>
public sealed class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent)
    : Resource(name), IResourceWithConnectionString, IResourceWithParent<PostgresServerResource>
{
    public string DatabaseName { get; internal set; } = databaseName;

    public PostgresServerResource Parent => parent;

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var quoted = new System.Data.Common.DbConnectionStringBuilder { ["Database"] = DatabaseName }.ConnectionString;
            return ReferenceExpression.Create($"{parent};{quoted}");
        }
    }

    public ReferenceExpression UriExpression => ReferenceExpression.Create($"{parent.UriExpression}/{DatabaseName}");

    public ReferenceExpression JdbcConnectionString => ReferenceExpression.Create($"{parent.JdbcConnectionString}/{DatabaseName}");

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        .. parent.GetConnectionProperties().Where(property => property.Key is not ("Uri" or "JdbcConnectionString")),
        new("Uri", UriExpression),
        new("JdbcConnectionString", JdbcConnectionString),
        new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}")),
    ];
}

/// <summary>SQL that creates the database instead of a plain <c>create database</c>.</summary>
public sealed class PostgresCreateDatabaseScriptAnnotation(string script) : IResourceAnnotation
{
    public string Script => script;
}
