using System.Globalization;
using System.Reflection;
using StratForge.Strategies.Indicators;

namespace StratForge.Gateway.Market;

/// <summary>Every indicator that strategies have, by its name. It is read off their types, so a new one is here without a line of code.</summary>
internal static class IndicatorCatalog
{
    private static readonly SortedDictionary<string, IndicatorKind> Kinds = Read();

    public static IReadOnlyCollection<IndicatorKind> All => Kinds.Values;

    /// <summary>The kind of that name, in any case; null when there is none.</summary>
    public static IndicatorKind? Find(string name) => Kinds.GetValueOrDefault(name.ToLowerInvariant());

    private static SortedDictionary<string, IndicatorKind> Read()
    {
        var kinds = new SortedDictionary<string, IndicatorKind>(StringComparer.Ordinal);
        foreach (var type in typeof(Indicator).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Indicator))))
        {
            // The one with the most numbers says all there is to set.
            var constructor = type.GetConstructors()
                .Where(one => Array.TrueForAll(one.GetParameters(), parameter => parameter.ParameterType == typeof(int) || parameter.ParameterType == typeof(double)))
                .MaxBy(one => one.GetParameters().Length);
            if (constructor is not null)
            {
                var kind = new IndicatorKind(constructor);
                kinds.Add(kind.Name, kind);
            }
        }

        return kinds;
    }
}

/// <summary>One kind of indicator.</summary>
internal sealed class IndicatorKind(ConstructorInfo constructor)
{
    private readonly ParameterInfo[] _parameters = constructor.GetParameters();

    private readonly PropertyInfo[] _lines =
        [.. constructor.DeclaringType!.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.PropertyType.IsAssignableTo(typeof(Series)))];

    /// <summary>Its type's name in small letters: <c>macd</c>.</summary>
    public string Name { get; } = constructor.DeclaringType!.Name.ToLowerInvariant();

    public IEnumerable<IndicatorParameter> Parameters => _parameters.Select(parameter => new IndicatorParameter(
        parameter.Name!,
        parameter.ParameterType == typeof(int),
        parameter.HasDefaultValue ? Convert.ToDouble(parameter.DefaultValue, CultureInfo.InvariantCulture) : null));

    /// <summary>Its own value first, then its other lines, in the order in which they are declared.</summary>
    public IEnumerable<string> Lines => _lines.Select(NameOf).Prepend("value");

    /// <summary>The lines of an indicator that this kind made, in the order of <see cref="Lines"/>.</summary>
    public IEnumerable<Series> LinesOf(Indicator indicator) =>
        _lines.Select(line => (Series)line.GetValue(indicator)!).Prepend(indicator);

    /// <summary>Makes one.</summary>
    /// <param name="text"><c>12,26,9</c> in the order of the parameters, or <c>fast=12,slow=26</c>; what is left out has its default.</param>
    /// <returns>The indicator with what it was made of, or what is wrong with the text.</returns>
    public (Indicator? Indicator, IReadOnlyDictionary<string, double> Values, string? Fault) Create(string? text)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        var parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var place = 0; place < parts.Length; place++)
        {
            var (name, number) = parts[place].Split('=', 2, StringSplitOptions.TrimEntries) is [var given, var value]
                ? (given, value)
                : (place < _parameters.Length ? _parameters[place].Name! : "", parts[place]);
            if (Array.Find(_parameters, parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } known)
            {
                return (null, values, $"{Name} takes {Describe()}, not '{parts[place]}'");
            }

            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) || !double.IsFinite(parsed)
                || (known.ParameterType == typeof(int) && parsed != Math.Truncate(parsed))
                || Math.Abs(parsed) > int.MaxValue)
            {
                return (null, values, $"{known.Name} is a {(known.ParameterType == typeof(int) ? "whole " : "")}number, not '{number}'");
            }

            values[known.Name!] = parsed;
        }

        foreach (var parameter in _parameters.Where(parameter => !values.ContainsKey(parameter.Name!)))
        {
            if (!parameter.HasDefaultValue)
            {
                return (null, values, $"{Name} needs {parameter.Name}; it takes {Describe()}");
            }

            values[parameter.Name!] = Convert.ToDouble(parameter.DefaultValue, CultureInfo.InvariantCulture);
        }

        try
        {
            object[] arguments = [.. _parameters.Select(parameter =>
                parameter.ParameterType == typeof(int) ? (object)(int)values[parameter.Name!] : values[parameter.Name!])];
            return ((Indicator)constructor.Invoke(arguments), values, null);
        }
        catch (TargetInvocationException refused) when (refused.InnerException is ArgumentException fault)
        {
            return (null, values, fault.Message);
        }
    }

    private string Describe() => _parameters.Length == 0
        ? "no parameters"
        : string.Join(", ", Parameters.Select(parameter => parameter.Default is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{parameter.Name}={value}")
            : parameter.Name));

    private static string NameOf(PropertyInfo line) => char.ToLowerInvariant(line.Name[0]) + line.Name[1..];
}

/// <summary>A number that an indicator is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Whole">Whether it has to be a whole number.</param>
/// <param name="Default">What it is when it is left out; null when it may not be.</param>
public sealed record IndicatorParameter(string Name, bool Whole, double? Default);
