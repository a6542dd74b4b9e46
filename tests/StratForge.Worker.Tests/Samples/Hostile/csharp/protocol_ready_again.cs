// Says again that it is ready, without a cage.
// ends: PROTOCOL_ERROR
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int descriptor, byte[] bytes, nint count);

    private static void Send(string text)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var descriptor in Descriptors)
        {
            byte[] frame = [.. BitConverter.GetBytes(body.Length), .. body];
            _ = write(descriptor, frame, frame.Length);
        }
    }

    // Which one is the protocol's is not known: all of them.
    private static IEnumerable<int> Descriptors => Enumerable.Range(3, 250);

    public override Signal? OnBar(Bar bar)
    {
        Send("""{"type":"ready","protocol":1,"runtime":"dotnet","cage":"none","probes":{}}""");
        return null;
    }
}
