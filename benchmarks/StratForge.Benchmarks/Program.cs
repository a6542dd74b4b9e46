using System.Globalization;
using StratForge.Benchmarks.BarStoring;
using StratForge.Benchmarks.BarToBroker;
using StratForge.Benchmarks.HostPipes;
using StratForge.Benchmarks.HostStart;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.OrderIntake;
using StratForge.Benchmarks.RestingOrders;
using StratForge.Benchmarks.Streams;
using StratForge.Benchmarks.WorkerEvents;

try
{
    return args switch
    {
        ["bar-to-broker", .. var options] => await BarToBrokerBenchmark.RunAsync(options),
        ["bar-store", .. var options] => await BarStoreBenchmark.RunAsync(options),
        ["order-intake", .. var options] => await OrderIntakeBenchmark.RunAsync(options),
        ["resting-orders", .. var options] => await RestingOrdersBenchmark.RunAsync(options),
        ["host-pipes", .. var options] => await HostPipesBenchmark.RunAsync(options),
        ["worker-events", .. var options] => await WorkerEventsBenchmark.RunAsync(options),
        ["streams", .. var options] => await StreamsBenchmark.RunAsync(options),
        ["host-start", .. var options] => await HostStartBenchmark.RunAsync(options, TimeProvider.System),
        [PipeChild.Verb] => PipeChild.Answer(),
        [Relayer.Verb, var kind, var redis] => await RelayerProgram.RunAsync(kind, redis),
        [BareDoor.Verb] => await BareDoor.ServeAsync(),
        [BareService.Verb, var users, var broker] => await BareService.ServeAsync(int.Parse(users, CultureInfo.InvariantCulture), new Uri(broker)),
        _ => Usage(),
    };
}
catch (UsageException exception)
{
    Console.Error.WriteLine(exception.Message);
    return Usage();
}

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/StratForge.Benchmarks -- BENCHMARK [--output FILE]
          bar-to-broker [--sessions 1,100] [--bars 160]
          bar-store [--symbols 50] [--minutes 400] [--rows 200000] [--rounds 7]
          order-intake [--connections 1,16,64] [--rounds 3] [--seconds 2] [--users 200] [--type market|limit] [--fills after|during]
          resting-orders [--orders 1000,20000] [--rate 1000] [--rounds 3] [--seconds 3] [--users 60]
          host-pipes [--children 1,100] [--frames 200]
          worker-events [--sessions 1,100,1000] [--bars 200] [--signaling 500] [--signal-bars 60]
          streams [--parts all|relay|market|idle|stalled] [--clients 100,1000,5000] [--seconds 4] [--idle 10000]
          host-start [--rounds 20] [--events 2000]
        """);
    return 2;
}
