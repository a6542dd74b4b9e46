namespace StratForge.Gateway.Reconciliation;

/// <summary>What comparing books and broker needs.</summary>
internal static class ReconciliationServices
{
    public static void AddReconciliation(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReconciliationStore>();
        builder.Services.AddSingleton<BooksWatch>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BooksWatch>());
        builder.Services.AddSingleton<VenueBookingStore>();
        builder.Services.AddSingleton<VenueBookingDesk>();
        builder.Services.AddSingleton<Reconciler>();
        builder.Services.AddHostedService<ReconciliationSchedule>();
    }
}
