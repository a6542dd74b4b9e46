using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Tests;

public sealed class ContainerTests
{
    [Fact]
    public void A_volume_belongs_to_the_folder_whose_secrets_its_data_knows()
    {
        using var usual = new DataRoot(configured: null, ephemeral: false);
        using var named = new DataRoot(Path.Combine(Path.GetTempPath(), "stratforge-one"), ephemeral: false);
        using var other = new DataRoot(Path.Combine(Path.GetTempPath(), "stratforge-two"), ephemeral: false);
        using var none = new DataRoot(configured: null, ephemeral: true);

        Assert.Equal("app-data:/data", VolumeIn(usual));
        Assert.Matches("^app-data-[0-9a-f]{10}:/data$", VolumeIn(named));
        Assert.NotEqual(VolumeIn(named), VolumeIn(other));
        Assert.Equal("/data", VolumeIn(none));
    }

    private static string VolumeIn(DataRoot data)
    {
        var container = new ContainerResource("redis");
        container.Annotations.Add(new ContainerImageAnnotation { Image = "redis" });
        container.Annotations.Add(new ContainerMountAnnotation("app-data", "/data", ContainerMountType.Volume, isReadOnly: false));
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        var plan = Containers.Plan("docker", container, new Dictionary<EndpointAnnotation, int>(), none, [], none, data);
        return plan.Arguments[plan.Arguments.ToList().IndexOf("-v") + 1];
    }
}
