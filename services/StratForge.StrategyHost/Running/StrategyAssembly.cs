using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Strategies;

namespace StratForge.StrategyHost.Running;

/// <summary>A compiled strategy: finds the one class in it, builds it, sets its parameters.</summary>
internal static class StrategyAssembly
{
    /// <summary>Loads <paramref name="assembly"/> and builds its strategy.</summary>
    /// <exception cref="StrategyRefused">No strategy or several, no usable constructor, an unknown or unfit parameter.</exception>
    public static (Strategy Strategy, IReadOnlyList<ParameterDescription> Parameters) Load(
        byte[] assembly, IReadOnlyDictionary<string, JsonElement> values)
    {
        using var image = new MemoryStream(assembly, writable: false);
        var type = TheStrategy(new AssemblyLoadContext("strategy").LoadFromStream(image));
        if (type.GetConstructor(BindingFlags.Instance | BindingFlags.Public, []) is not { } constructor)
        {
            throw new StrategyRefused($"{type.Name} needs a public constructor without arguments.");
        }

        var strategy = (Strategy)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [], culture: null);
        return (strategy, Parameters(strategy, values));
    }

    private static Type TheStrategy(Assembly assembly)
    {
        var found = assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Strategy))).ToArray();
        return found switch
        {
            [var one] => one,
            [] => throw new StrategyRefused("There is no class that derives from Strategy."),
            _ => throw new StrategyRefused(
                $"There are {found.Length} classes that derive from Strategy ({string.Join(", ", found.Select(type => type.Name))}); a strategy has one."),
        };
    }

    private static List<ParameterDescription> Parameters(Strategy strategy, IReadOnlyDictionary<string, JsonElement> values)
    {
        var described = new List<ParameterDescription>();
        var declared = strategy.GetType()
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.IsDefined(typeof(ParamAttribute)))
            .OrderBy(property => property.MetadataToken);
        foreach (var property in declared)
        {
            var limits = property.GetCustomAttribute<ParamAttribute>()!;
            var type = TypeName(property);
            var value = property.GetValue(strategy);
            var description = new ParameterDescription(
                property.Name,
                type,
                JsonSerializer.SerializeToElement(value ?? string.Empty),
                double.IsNaN(limits.Min) ? null : limits.Min,
                double.IsNaN(limits.Max) ? null : limits.Max,
                double.IsNaN(limits.Step) ? null : limits.Step,
                limits.Description);
            described.Add(description);
            if (values.TryGetValue(property.Name, out var wanted))
            {
                property.SetValue(strategy, Fit(wanted, description));
            }
        }

        foreach (var name in values.Keys)
        {
            if (!described.Exists(one => one.Name == name))
            {
                throw new StrategyRefused(described.Count == 0
                    ? $"There is no parameter {name}: the strategy declares none."
                    : $"There is no parameter {name}; the strategy declares {string.Join(", ", described.Select(one => one.Name))}.");
            }
        }

        return described;
    }

    private static string TypeName(PropertyInfo property)
    {
        if (property.SetMethod is null)
        {
            throw new StrategyRefused($"Parameter {property.Name} can't be set: give it {{ get; init; }}.");
        }

        return Type.GetTypeCode(property.PropertyType) switch
        {
            TypeCode.Int32 => "int",
            TypeCode.Double => "double",
            TypeCode.Boolean => "bool",
            TypeCode.String => "string",
            _ => throw new StrategyRefused($"Parameter {property.Name} is of type {property.PropertyType.Name}; int, double, bool and string are possible."),
        };
    }

    private static object Fit(JsonElement value, ParameterDescription parameter)
    {
        object? fit = (parameter.Type, value.ValueKind) switch
        {
            ("int", JsonValueKind.Number) when value.TryGetInt32(out var whole) => whole,
            ("double", JsonValueKind.Number) => value.GetDouble(),
            ("bool", JsonValueKind.True) => true,
            ("bool", JsonValueKind.False) => false,
            ("string", JsonValueKind.String) => value.GetString(),
            _ => null,
        };
        if (fit is null)
        {
            throw new StrategyRefused($"Parameter {parameter.Name} takes a value of type {parameter.Type}, not {value.GetRawText()}.");
        }

        if (fit is int or double)
        {
            var number = Convert.ToDouble(fit, System.Globalization.CultureInfo.InvariantCulture);
            if (number < parameter.Min || number > parameter.Max)
            {
                throw new StrategyRefused($"Parameter {parameter.Name} is {value.GetRawText()}, outside {parameter.Min ?? double.NegativeInfinity} to {parameter.Max ?? double.PositiveInfinity}.");
            }
        }

        return fit;
    }
}

/// <summary>The strategy can't be built as it is; the message is for its author.</summary>
internal sealed class StrategyRefused(string message) : Exception(message);
