using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Users;

/// <summary>What became of something that an admin wanted done to an account.</summary>
internal abstract record UserOutcome
{
    private UserOutcome()
    {
    }

    public sealed record Done(UserAccount User) : UserOutcome;

    public sealed record Added(UserWithLink User) : UserOutcome;

    public sealed record LinkMade(PasswordLink Link) : UserOutcome;

    public sealed record Unknown : UserOutcome;

    public sealed record EmailTaken : UserOutcome;

    public sealed record UsernameTaken : UserOutcome;

    public sealed record OwnAccount : UserOutcome;

    public sealed record LastAdmin : UserOutcome;

    public sealed record AdminsPassword : UserOutcome;

    public sealed record Locked : UserOutcome;

    public sealed record Busy : UserOutcome;
}
