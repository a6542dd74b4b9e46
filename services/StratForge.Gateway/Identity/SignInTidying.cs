using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Identity;

/// <summary>Deletes what is left of sign-ins, so that those which go on for ever fill nothing.</summary>
internal sealed class SignInTidying(SignIns signIns, BookKeeper books, TimeProvider clock, ILogger<SignInTidying> logger)
    : LeaderRounds(books, TidyEvery, clock, logger)
{
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);

    protected override Task RoundAsync(CancellationToken cancellationToken) => signIns.TidyAsync(cancellationToken);
}
