namespace StratForge.Gateway.Streams.Delivery;

/// <summary>One event of a user as clients get it; all of that user's clients share the bytes.</summary>
/// <param name="Id">Its number: rises by one.</param>
/// <param name="Kind">Its kind; none for one that this version does not know.</param>
/// <param name="Json">The message.</param>
internal sealed record EventFrame(long Id, EventKinds Kind, byte[] Json)
{
    /// <summary>From the event as it is on the bus.</summary>
    public static EventFrame Of(long id, EventKinds kind, ReadOnlySpan<byte> userEvent)
    {
        // The fields of the event behind one more: no need to read and write them anew.
        var head = """{"type":"event","""u8;
        var json = new byte[head.Length + userEvent.Length - 1];
        head.CopyTo(json);
        userEvent[1..].CopyTo(json.AsSpan(head.Length));
        return new EventFrame(id, kind, json);
    }
}
