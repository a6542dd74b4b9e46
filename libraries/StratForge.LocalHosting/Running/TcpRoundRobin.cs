using System.Net;
using System.Net.Sockets;

namespace StratForge.LocalHosting.Running;

/// <summary>One address in front of several processes: each connection goes to the next one that takes it.</summary>
internal sealed class TcpRoundRobin : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly IReadOnlyList<int> _targets;
    private int _next = -1;

    public TcpRoundRobin(int port, IReadOnlyList<int> targets)
    {
        _targets = targets;
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            var listener = new TcpListener(address, port);
            try
            {
                listener.Start();
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                continue;
            }

            _listeners.Add(listener);
            _accepting.Add(AcceptAsync(listener));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in _listeners)
        {
            listener.Stop();
        }

        await Task.WhenAll(_accepting);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        var open = new HashSet<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_stopping.Token);
                open.RemoveWhere(task => task.IsCompleted);
                open.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var server = await ConnectAsync();
                if (server is null)
                {
                    return;
                }

                client.NoDelay = server.NoDelay = true;
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either end hung up; the other is told by closing it.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), _stopping.Token);
        to.Client.Shutdown(SocketShutdown.Send);
    }

    private async Task<TcpClient?> ConnectAsync()
    {
        var first = (uint)Interlocked.Increment(ref _next);
        for (var attempt = 0u; attempt < _targets.Count; attempt++)
        {
            var target = new TcpClient();
            try
            {
                await target.ConnectAsync("localhost", _targets[(int)((first + attempt) % _targets.Count)], _stopping.Token);
                return target;
            }
            catch (SocketException)
            {
                target.Dispose();
            }
        }

        return null;
    }
}
