namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>One thing of the application: a process, a server, a database, a value.</summary>
public interface IResource
{
    /// <summary>1 to 64 ASCII letters, digits and hyphens; begins with a letter; unique without regard to case.</summary>
    string Name { get; }

    /// <summary>What is known about the resource, in the order it was said.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
