using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using StackExchange.Redis;

namespace StratForge.Benchmarks.Measuring;

/// <summary>The head of a page of results: when, on what, with what.</summary>
internal static class Heading
{
    /// <param name="benchmark">Its name on the command line.</param>
    /// <param name="options">As it was started.</param>
    /// <param name="database">The Postgres that was measured.</param>
    /// <param name="redis">The Redis that was measured.</param>
    /// <param name="clock">Gives the date.</param>
    public static async Task<string> WriteAsync(
        string benchmark, RunOptions options, NpgsqlDataSource database, IConnectionMultiplexer redis, TimeProvider clock)
    {
        await using var version = database.CreateCommand("select split_part(current_setting('server_version'), ' ', 1)");
        var postgres = await version.ExecuteScalarAsync();
        var cache = redis.GetServer(redis.GetEndPoints()[0]).Version;
        var command = $"{benchmark} {options.Text}".TrimEnd();
        return Write(benchmark, $"PostgreSQL {postgres} with fsync, Redis {cache}; `{command}`", clock);
    }

    /// <summary>The same for a benchmark that needs no stores.</summary>
    public static string WithoutStores(string benchmark, RunOptions options, TimeProvider clock) =>
        Write(benchmark, $"`{$"{benchmark} {options.Text}".TrimEnd()}`", clock);

    private static string Write(string benchmark, string with, TimeProvider clock) => string.Create(CultureInfo.InvariantCulture, $"""
        # {benchmark}, {clock.GetUtcNow():yyyy-MM-dd}

        {Environment.ProcessorCount} cores ({Processor()}), {Kernel()}, {RuntimeInformation.FrameworkDescription}, {with}.


        """);

    private static string Kernel() => $"{(OperatingSystem.IsLinux() ? "Linux" : "Unix")} {Environment.OSVersion.Version.ToString(2)}";

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
