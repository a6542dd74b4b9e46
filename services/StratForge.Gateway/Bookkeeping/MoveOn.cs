namespace StratForge.Gateway.Bookkeeping;

/// <summary>Lets all orders that wait move on: time passed.</summary>
internal sealed class MoveOn : BookCommand
{
    public override int Size => 0;

    public override void Apply(BookWork work) => work.Moved.UnionWith([.. work.House.OpenSymbols]);
}
