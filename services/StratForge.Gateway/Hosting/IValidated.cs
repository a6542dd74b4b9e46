namespace StratForge.Gateway.Hosting;

/// <summary>A request that can say what is wrong with it, without looking anything up.</summary>
public interface IValidated
{
    /// <summary>Adds what is wrong; adds nothing when all is well.</summary>
    void Validate(FieldErrors errors);
}
