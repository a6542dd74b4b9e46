namespace StratForge.Gateway.Bookkeeping;

/// <summary>Lets the orders of symbols move on: a price came, or time passed.</summary>
internal sealed class MoveOn(IReadOnlyCollection<string>? symbols) : BookCommand
{
    public override int Size => 0;

    public override void Apply(BookWork work) => work.Moved.UnionWith(symbols ?? [.. work.House.OpenSymbols]);
}
