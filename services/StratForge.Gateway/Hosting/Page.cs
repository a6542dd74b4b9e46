namespace StratForge.Gateway.Hosting;

/// <summary>One page of a list, newest first.</summary>
/// <param name="Items">The page.</param>
/// <param name="NextCursor">Give it back as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
