namespace StratForge.Gateway.Identity;

/// <summary>Who may open an account. Section <c>Registration</c>.</summary>
internal sealed class RegistrationOptions
{
    public const string Section = "Registration";

    /// <summary>Whether everybody may. Default true; where it is false admins open accounts for others.</summary>
    public bool Open { get; set; } = true;
}
