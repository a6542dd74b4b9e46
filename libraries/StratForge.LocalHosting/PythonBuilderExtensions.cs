using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting;

public static class PythonBuilderExtensions
{
    /// <summary>Makes sure that python3 is on the machine before the resource starts; installed with apt-get where that is possible.</summary>
    public static IResourceBuilder<T> EnsurePython<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(new PrerequisiteAnnotation(Python.EnsureAsync));
}
