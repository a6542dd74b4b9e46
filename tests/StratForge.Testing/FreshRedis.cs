using StackExchange.Redis;
using StratForge.LocalHosting.BackingServices;
using Xunit;

namespace StratForge.Testing;

/// <summary>An empty Redis for one test class: take it as <c>IClassFixture</c>.</summary>
/// <remarks>A server of its own and not a database number, because channels are heard across those. It starts in a few hundredths of a second.</remarks>
public sealed class FreshRedis : IAsyncLifetime
{
    private LocalRedis? _server;
    private ConnectionMultiplexer? _connection;

    public string ConnectionString => $"{Server.ConnectionString},abortConnect=false";

    /// <summary>A connection shared by the class's tests.</summary>
    public IConnectionMultiplexer Connection => _connection ?? throw NotYet();

    private LocalRedis Server => _server ?? throw NotYet();

    public async Task InitializeAsync()
    {
        _server = await LocalRedis.StartAsync();
        _connection = await ConnectAsync();
    }

    /// <summary>A connection of one's own; whoever asks disposes of it.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(ConnectionString);

    /// <summary>Ends the server at once, as a crash would; everything in it is lost.</summary>
    public Task KillAsync() => Server.KillAsync();

    /// <summary>Starts it again on the same port, empty.</summary>
    public Task StartAgainAsync() => Server.StartAgainAsync();

    public async Task DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.CloseAsync(allowCommandsToComplete: false);
            _connection.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static InvalidOperationException NotYet() => new("The server is there once the fixture is initialised.");
}
