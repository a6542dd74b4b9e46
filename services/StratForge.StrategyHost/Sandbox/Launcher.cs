using System.Runtime.InteropServices;
using StratForge.StrategyHost.Protocol;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>Locks this process down and becomes the runtime of one strategy.</summary>
internal static unsafe class Launcher
{
    /// <summary>Becomes the host of the given kind; returns only when it could not.</summary>
    public static int Launch(string kind)
    {
        try
        {
            var target = LaunchTarget.For(kind);
            if (Environment.GetEnvironmentVariable(Cage.UnsafeSwitch) == "1")
            {
                BecomeUncaged(target);
            }
            else
            {
                LockDown.Become(target);
            }

            throw new SandboxUnavailable($"{target.Runtime} can't be started: errno {Marshal.GetLastPInvokeError()}.");
        }
        catch (SandboxUnavailable exception)
        {
            using var text = new FrameText();
            new FramePipe(0, 1).Write(text.Error("SANDBOX_UNAVAILABLE", exception.Message));
            return HostExit.SandboxUnavailable;
        }
    }

    /// <summary>Says how to start the host.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine("usage: dotnet StratForge.StrategyHost.dll launch csharp|python|compile");
        return HostExit.Usage;
    }

    private static void BecomeUncaged(LaunchTarget target)
    {
        Console.Error.WriteLine($"[host] NO CAGE: {Cage.UnsafeSwitch} is set. The strategy can do whatever this user can.");
        _ = Native.Execve(
            (byte*)Marshal.StringToCoTaskMemUTF8(target.Runtime),
            Native.Strings([target.Runtime, .. target.Arguments]),
            Native.Strings([.. target.Environment, Cage.UnsafeSwitch + "=1"]));
    }
}
