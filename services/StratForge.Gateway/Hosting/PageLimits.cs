namespace StratForge.Gateway.Hosting;

/// <summary>How long a page may be.</summary>
internal static class PageLimits
{
    public const int Default = 50;

    private const int Most = 200;

    public static void Check(FieldErrors errors, int? limit)
    {
        if (limit is < 1 or > Most)
        {
            errors.Add("limit", $"may be 1 to {Most}.");
        }
    }
}
