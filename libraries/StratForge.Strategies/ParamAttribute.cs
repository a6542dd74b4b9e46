namespace StratForge.Strategies;

/// <summary>Makes a property a parameter: listed with the strategy and set per session. Types: int, double, bool, string.</summary>
/// <remarks>The property's initial value is the default: <c>[Param(Min = 2, Max = 200)] public int Fast { get; init; } = 20;</c></remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParamAttribute : Attribute
{
    /// <summary>Smallest allowed value of a number; not limited when left out.</summary>
    public double Min { get; init; } = double.NaN;

    /// <summary>Largest allowed value of a number; not limited when left out.</summary>
    public double Max { get; init; } = double.NaN;

    /// <summary>Distance of the values that an optimisation tries; left out, it chooses.</summary>
    public double Step { get; init; } = double.NaN;

    /// <summary>What it is, for whoever sets it.</summary>
    public string? Description { get; init; }
}
