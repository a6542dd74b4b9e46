using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;
using StratForge.Strategies;
using StratForge.Strategies.Running;
using StratForge.StrategyHost.Protocol;
using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Running;

/// <summary>Runs one compiled strategy: one conversation with the worker, from <c>ready</c> to <c>stop</c>.</summary>
internal static class RunHost
{
    /// <summary>Speaks over the standard streams until the worker is done or something fails.</summary>
    public static int Run()
    {
        var pipe = FramePipe.TakeStandardStreams();
        using var text = new FrameText();
        try
        {
            pipe.Write(text.Ready("dotnet", Cage.Close()));
            if (!pipe.TryRead(HostProtocol.MaxFrameToHost, out var frame))
            {
                return HostExit.Ok;
            }

            var load = ReadLoad(frame);
            if (!pipe.TryRead(HostProtocol.MaxCode, out var code))
            {
                return HostExit.Ok;
            }

            var (strategy, parameters) = StrategyAssembly.Load(code.ToArray(), load.Parameters);
            var isCrypto = load.AssetClass == "crypto";
            var run = StrategyRun.Start(strategy, new RunSettings(
                load.Symbol, isCrypto, load.Seed, load.Cash, new Position(load.PositionQuantity, load.PositionAveragePrice), load.State));
            pipe.Write(text.Loaded(strategy.GetType().Name, run.WarmUp, parameters, run.Subscriptions));

            var events = new EventLoop(run, isCrypto);
            while (events.AnswerNext(pipe))
            {
            }

            return HostExit.Ok;
        }
        catch (SandboxUnavailable exception)
        {
            pipe.Write(text.Error("SANDBOX_UNAVAILABLE", exception.Message));
            return HostExit.SandboxUnavailable;
        }
        catch (Exception exception) when (exception is ProtocolException or JsonException)
        {
            pipe.Write(text.Error("PROTOCOL_ERROR", exception.Message));
            return HostExit.Failed;
        }
#pragma warning disable CA1031 // Whatever a strategy throws ends its session with a sentence for its author.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            pipe.Write(text.Error("STRATEGY_ERROR", StrategyFault.Describe(exception)));
            return HostExit.Failed;
        }
    }

    private static LoadFrame ReadLoad(ReadOnlySpan<byte> frame)
    {
        if (!EventLoop.TypeOf(frame).SequenceEqual("load"u8))
        {
            throw new ProtocolException("The first frame is load.");
        }

        return JsonSerializer.Deserialize(frame, ContractsJson.Default.LoadFrame)
            ?? throw new ProtocolException("The first frame is load.");
    }
}
