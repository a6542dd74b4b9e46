// Looks for the host's own objects and takes its pipe.
// ends: PROTOCOL_ERROR|CRASHED
// platform: COMPILE_ERROR
using System.Reflection;

public sealed class Hostile : Strategy
{
    private delegate void Write(ReadOnlySpan<byte> code);

    public override Signal? OnBar(Bar bar)
    {
        var host = Assembly.GetEntryAssembly()!;
        var type = host.GetType("StratForge.StrategyHost.Protocol.FramePipe")!;
        for (var descriptor = 3; descriptor < 255; descriptor++)
        {
            var pipe = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)[0].Invoke([descriptor, descriptor]);
            type.GetMethod("WriteCode")!.CreateDelegate<Write>(pipe)(System.Text.Encoding.UTF8.GetBytes("nonsense"));
        }

        return null;
    }
}
