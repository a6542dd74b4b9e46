namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>A test that runs only when <c>SCHEDULES</c> says how many schedules it may take.</summary>
internal sealed class SchedulesFactAttribute : FactAttribute
{
    public SchedulesFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SCHEDULES")))
        {
            Skip = "Set SCHEDULES to the number of schedules to run.";
        }
    }
}
