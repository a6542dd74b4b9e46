namespace StratForge.LocalHosting.ApplicationModel;

public enum ContainerLifetime
{
    Session,
    Persistent,
}
