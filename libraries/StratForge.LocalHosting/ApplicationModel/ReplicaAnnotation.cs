namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>How often a project runs side by side.</summary>
public sealed class ReplicaAnnotation(int replicas) : IResourceAnnotation
{
    public int Replicas => replicas;
}
