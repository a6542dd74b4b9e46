namespace StratForge.Gateway.Internal;

/// <summary>How other services show who they are: configuration section <c>Internal</c>.</summary>
internal sealed class InternalOptions
{
    public const string Section = "Internal";

    /// <summary>The credential every call below <c>/internal</c> carries. Without one nobody gets in.</summary>
    public string Key { get; set; } = "";
}
