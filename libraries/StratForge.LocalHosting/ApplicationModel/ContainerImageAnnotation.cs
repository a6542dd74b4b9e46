namespace StratForge.LocalHosting.ApplicationModel;

public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    public string? Registry { get; set; }

    public required string Image { get; set; }

    public string? Tag { get; set; }

    public string Reference => (Registry is null ? "" : Registry + "/") + Image + ":" + (Tag ?? "latest");
}
