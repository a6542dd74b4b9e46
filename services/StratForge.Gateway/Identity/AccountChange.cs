namespace StratForge.Gateway.Identity;

/// <summary>Something that was done to an account.</summary>
/// <param name="Id">Rises.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="ActorName">How they are called now.</param>
/// <param name="Action"><c>user_added</c>, <c>user_locked</c>, <c>user_unlocked</c>, <c>password_link_made</c>, or <c>password_set</c>: by whoever had
/// the link, so the actor is the user.</param>
/// <param name="UserId">Whose account.</param>
/// <param name="UserName">How they are called now.</param>
/// <param name="Reason">Why, if somebody said.</param>
public sealed record AccountChange(
    long Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, Guid UserId, string UserName, string? Reason);
