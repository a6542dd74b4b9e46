namespace StratForge.Gateway.Jobs;

/// <summary>What asking workers for jobs needs.</summary>
internal static class JobServices
{
    public static void AddJobs(this WebApplicationBuilder builder) => builder.Services.AddSingleton<JobStore>();
}
