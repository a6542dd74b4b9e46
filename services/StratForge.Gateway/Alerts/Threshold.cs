namespace StratForge.Gateway.Alerts;

/// <summary>Which way a value has to go to fire an alert.</summary>
internal enum Direction
{
    Above,
    Below,
    Either,
}

/// <summary>Tells a crossing of a level from a value that trembles around it.</summary>
/// <param name="Direction">Which crossings count.</param>
/// <param name="Level">The level. A value on it has reached it.</param>
/// <param name="Hysteresis">How far beyond the level a value has to come back before it counts as back; for both directions, how far beyond it
/// has to go on either side. Not below zero.</param>
/// <remarks>All that it has to remember is the side on which the value stood: 1 above, -1 below, 0 not known yet. The first value fires
/// nothing, it only finds the side.</remarks>
internal readonly record struct Threshold(Direction Direction, decimal Level, decimal Hysteresis)
{
    /// <summary>Where the value stands now, and whether it crossed the level to get there.</summary>
    public (int Side, bool Fires) Look(int side, decimal value)
    {
        var next = SideOf(side, value);
        var crossed = side != 0 && next != side;
        return (next, crossed && (Direction == Direction.Either || next == (Direction == Direction.Above ? 1 : -1)));
    }

    private int SideOf(int side, decimal value)
    {
        if (side == 0)
        {
            return Direction == Direction.Below ? value <= Level ? -1 : 1 : value >= Level ? 1 : -1;
        }

        var up = Direction == Direction.Above ? Level : Level + Hysteresis;
        var down = Direction == Direction.Below ? Level : Level - Hysteresis;
        // Without hysteresis both are the same value, and it belongs to the side that is waited for.
        return Direction == Direction.Below
            ? value <= down ? -1 : value >= up ? 1 : side
            : value >= up ? 1 : value <= down ? -1 : side;
    }
}
