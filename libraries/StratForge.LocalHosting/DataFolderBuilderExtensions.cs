namespace StratForge.LocalHosting;

public static class DataFolderBuilderExtensions
{
    /// <summary>A folder for a service's own data below the data root: kept between runs, except in an ephemeral one.</summary>
    public static string DataFolder(this IDistributedApplicationBuilder builder, string name) =>
        builder.Local().DataRoot.Folder(name);

    internal static DistributedApplicationBuilder Local(this IDistributedApplicationBuilder builder) =>
        (DistributedApplicationBuilder)(builder is Testing.IWrapsApplicationBuilder wrapper ? wrapper.Inner : builder);
}
