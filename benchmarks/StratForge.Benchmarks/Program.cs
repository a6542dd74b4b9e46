using StratForge.Benchmarks.BarToBroker;

return args switch
{
    ["bar-to-broker", .. var options] => await BarToBrokerBenchmark.RunAsync(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/StratForge.Benchmarks -- bar-to-broker [--sessions 1,100] [--bars 200] [--output FILE]
        """);
    return 2;
}
