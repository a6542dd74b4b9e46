using StratForge.Benchmarks.BarToBroker;
using StratForge.Benchmarks.HostPipes;
using StratForge.Benchmarks.HostStart;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.OrderIntake;

try
{
    return args switch
    {
        ["bar-to-broker", .. var options] => await BarToBrokerBenchmark.RunAsync(options),
        ["order-intake", .. var options] => await OrderIntakeBenchmark.RunAsync(options),
        ["host-pipes", .. var options] => await HostPipesBenchmark.RunAsync(options),
        ["host-start", .. var options] => await HostStartBenchmark.RunAsync(options, TimeProvider.System),
        [PipeChild.Verb] => PipeChild.Answer(),
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
          order-intake [--connections 1,16,64] [--rounds 3] [--seconds 2] [--users 200] [--type market|limit] [--fills after|during]
          host-pipes [--children 1,100] [--frames 200]
          host-start [--rounds 20] [--events 2000]
        """);
    return 2;
}
