using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>When the line to the database breaks.</summary>
internal enum LineBreak
{
    None,

    /// <summary>The commit never arrives.</summary>
    BeforeCommit,

    /// <summary>The commit is done, its answer never arrives.</summary>
    AfterCommit,
}

/// <summary>The line of one process to the database: real connections to the real server, which can be cut between a commit and its answer.</summary>
/// <remarks>A commit of the books begins with the message that binds its first prepared statement; everything else is parsed first.</remarks>
internal sealed class DatabaseLine : IDisposable
{
    private const byte Bind = (byte)'B';

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly DnsEndPoint _server;
    private readonly string _connectionString;
    private volatile bool _isCut;

    public DatabaseLine(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new DnsEndPoint(target.Host!, target.Port);
        _listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        target.NoResetOnClose = true;
        target.MaxPoolSize = 10;
        _connectionString = target.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>How to connect by this line.</summary>
    public string ConnectionString => _connectionString;

    /// <summary>Asked at every commit of the books what is to happen to it.</summary>
    public Func<LineBreak> BreakOf { get; set; } = static () => LineBreak.None;

    /// <summary>Told when a break has happened.</summary>
    public Action? Broken { get; set; }

    /// <summary>Cuts everything, for good.</summary>
    public void Cut()
    {
        _isCut = true;
        _listener.Stop();
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    public void Dispose() => Cut();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (SocketException)
        {
            // Cut.
        }
        catch (ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            _sockets[client] = true;
            _sockets[server] = true;
            try
            {
                await server.ConnectAsync(_server);
                if (!_isCut)
                {
                    var call = new Call(client, server);
                    await Task.WhenAny(AskAsync(call), AnswerAsync(call));
                }
            }
            catch (SocketException)
            {
                // Cut before it was there.
            }
            catch (ObjectDisposedException)
            {
                // Cut before it was there.
            }
            finally
            {
                _sockets.TryRemove(client, out _);
                _sockets.TryRemove(server, out _);
            }
        }
    }

    private async Task AskAsync(Call call)
    {
        var buffer = new byte[65_536];
        while (await ReadAsync(call.Client, buffer) is > 0 and var count)
        {
            if (buffer[0] == Bind)
            {
                var next = BreakOf();
                if (next == LineBreak.BeforeCommit)
                {
                    Broken?.Invoke();
                    return;
                }

                call.LosesAnswer = call.LosesAnswer || next == LineBreak.AfterCommit;
            }

            if (!await WriteAsync(call.Server, buffer.AsMemory(0, count)))
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Call call)
    {
        var buffer = new byte[65_536];
        while (await ReadAsync(call.Server, buffer) is > 0 and var count)
        {
            if (!call.LosesAnswer)
            {
                if (!await WriteAsync(call.Client, buffer.AsMemory(0, count)))
                {
                    return;
                }
            }
            else if (count >= 6 && buffer[count - 6] == (byte)'Z' && buffer[count - 1] is (byte)'I')
            {
                // The server is ready for the next: what was asked is done.
                Broken?.Invoke();
                return;
            }
        }
    }

    private static async Task<int> ReadAsync(Socket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private static async Task<bool> WriteAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await socket.SendAsync(bytes)..];
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed class Call(Socket client, Socket server)
    {
        private volatile bool _losesAnswer;

        public Socket Client => client;

        public Socket Server => server;

        public bool LosesAnswer
        {
            get => _losesAnswer;
            set => _losesAnswer = value;
        }
    }
}
