namespace StratForge.Gateway.Bookkeeping;

/// <summary>An account at the broker.</summary>
/// <param name="Id">The broker's id of it.</param>
/// <param name="Number">What its owner knows it by; the id where it has none.</param>
/// <param name="IsSimulated">Whether it is at a simulated exchange, where it lives in a data folder.</param>
internal sealed record AccountOfBooks(Guid Id, string Number, bool IsSimulated);
