using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Wires;

namespace StratForge.Gateway.Streams;

/// <summary>A WebSocket client's stay, from the end of its handshake on, and its places among the connections that are counted.</summary>
internal sealed class SocketVisit(
    StreamServices services, StreamLoop loop, string address, StreamDoor door, Topic? relay, Caller? caller, TimeProvider clock)
{
    private Conversation? _conversation;

    /// <summary>Speaks with the client until the connection ends, in whatever way.</summary>
    /// <param name="wire">Where its bytes go.</param>
    /// <param name="stream">Where those of the client come from.</param>
    /// <param name="ended">The connection is cut.</param>
    public async Task StayAsync(Wire wire, Stream stream, CancellationToken ended)
    {
        var client = new StreamClient(wire, StreamForm.WebSocket);
        var conversation = _conversation = new Conversation(services, loop, client, door, relay);
        if (caller is not null)
        {
            conversation.Admit(caller);
        }

        var isKnown = caller is not null || (door == StreamDoor.Relay && services.Options.AnonymousRelay);
        var greeting = caller is null ? null : conversation.Greeting(caller);
        loop.Post(() => loop.Join(client, greeting, isKnown ? relay : null, isKnown ? TimeSpan.Zero : services.Options.AuthWithin));
        try
        {
            await new SocketConversation(conversation, loop, client, stream, services.Options, clock).RunAsync(ended);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ConnectionAbortedException)
        {
            // The client is gone, or was cut off.
        }
        finally
        {
            conversation.End();
            await loop.AskAsync(() => loop.Leave(client));
        }
    }

    /// <summary>Gives its places back.</summary>
    public void Leave() => services.Admission.Leave(address, (_conversation?.Caller ?? caller)?.UserId);
}
