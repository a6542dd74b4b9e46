using Microsoft.Extensions.Options;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Jobs;
using StratForge.Worker.Market;
using StratForge.Worker.Replays;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Signals;
using StratForge.Worker.Validation;

namespace StratForge.Worker;

/// <summary>Puts the parts of the worker together.</summary>
internal static class WorkerServices
{
    public static void AddWorker(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<WorkerOptions>().BindConfiguration("Worker").ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>();
        services.AddOptions<GatewayOptions>().BindConfiguration(string.Empty).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();

        services.AddOptions<CageOptions>()
            .BindConfiguration("Cage")
            .Configure<IConfiguration>((options, configuration) => options.RunUncaged |= configuration[CageOptions.UnsafeSwitch] == "1")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<CageOptions>, CageOptionsValidator>();

        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<EventLoop>>();
            return new EventLoop(provider.GetRequiredService<TimeProvider>(), exception => EventLoopLog.Surprise(logger, exception));
        });
        services.AddSingleton<HostSpawner>();
        services.AddSingleton<HostPrograms>();
        services.AddSingleton<CageState>();
        services.AddSingleton<AssemblyCache>();
        services.AddSingleton<CompileDesk>();
        services.AddSingleton<BarStore>();
        services.AddSingleton<TickFeed>();
        services.AddSingleton<TapeStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SymbolStore>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<WorkerLease>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<IExecutionDoor>(provider =>
        {
            var gateway = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
            return new GatewayDoor(new Uri(gateway.Gateway.InternalUrl), gateway.Internal.Key, provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<SignalSender>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<RecordingStore>();
        services.AddSingleton<IJobRunner, ReplayRunner>();
        services.AddSingleton<IJobRunner, ValidationRunner>();

        // Started in this order and stopped in reverse: the desk lets go of its sessions while everything they need still runs.
        AddBackground<CageProbe>(services);
        AddBackground<BarFeed>(services);
        AddBackground<UserEventFeed>(services);
        builder.AddKeyedNpgsqlDataSource(SessionJournal.Database, configureDataSourceBuilder: static database =>
        {
            // What is written again and again stays prepared, and what the server keeps for it warm. Nothing is set that would have to be reset.
            database.ConnectionStringBuilder.MaxPoolSize = SessionJournal.Connections;
            database.ConnectionStringBuilder.NoResetOnClose = true;
        });
        AddBackground<SessionJournal>(services);
        AddBackground<JobDesk>(services);
        AddBackground<SessionDesk>(services);
        AddBackground<WorkerGauges>(services);

        services.AddHealthChecks().AddCheck<WorkerHealth>("worker");
    }

    private static void AddBackground<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}

/// <summary>What the loop says.</summary>
internal static partial class EventLoopLog
{
    [LoggerMessage(LogLevel.Error, "A session's event failed in an unforeseen way; the others go on")]
    public static partial void Surprise(ILogger logger, Exception exception);
}
