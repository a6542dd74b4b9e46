using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Publishing;

/// <summary>Names volumes so that two applications on one machine do not share one by accident.</summary>
internal static class VolumeName
{
    /// <returns><c>{application}-{ten hex digits}-{resource}-{suffix}</c>; the digits come from the project's file name when published, else from its path.</returns>
    public static string For<T>(IResourceBuilder<T> builder, string suffix)
        where T : IResource
    {
        var application = builder.ApplicationBuilder;
        var projectFile = application.Configuration["AppHost:ProjectFile"] ?? $"{application.Environment.ApplicationName}.csproj";
        var identity = application.ExecutionContext.IsPublishMode
            ? projectFile
            : Path.Combine(application.AppHostDirectory, projectFile).ToLowerInvariant();
        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..10];
        return $"{application.Environment.ApplicationName.ToLowerInvariant()}-{digits}-{builder.Resource.Name}-{suffix}";
    }
}
