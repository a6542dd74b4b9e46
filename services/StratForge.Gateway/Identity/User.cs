namespace StratForge.Gateway.Identity;

/// <summary>Someone with an account.</summary>
/// <param name="Id">Theirs for good.</param>
/// <param name="Email">In lower case.</param>
/// <param name="Username">As they wish to be called; unique.</param>
/// <param name="Role"><c>user</c> or <c>admin</c>.</param>
public sealed record User(Guid Id, string Email, string Username, string Role);
