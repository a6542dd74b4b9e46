using System.Security.Cryptography;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>A value from outside: configuration, or a default.</summary>
public sealed class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
    : Resource(name), IResourceWithoutLifetime, IManifestExpressionProvider, IValueProvider
{
    private readonly Lock _reading = new();
    private string? _value;

    public bool Secret => secret;

    public ParameterDefault? Default { get; set; }

    public string? Description { get; set; }

    public bool IsConnectionString { get; set; }

    public string ValueExpression => $"{{{Name}.value}}";

    /// <exception cref="MissingParameterValueException">Neither configuration nor a default gives a value.</exception>
    public string Value
    {
        get
        {
            lock (_reading)
            {
                return _value ??= callback(Default);
            }
        }
    }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Value);
}

/// <summary>What a parameter is when nobody says.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>A fixed default.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();
}

/// <summary>A random default, drawn from characters that are not mistaken for each other and need no quoting in a connection string.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerCase = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCase = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    /// <value>At least 1. Default 22 characters: over 128 bits.</value>
    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        var all = (Lower ? LowerCase : "") + (Upper ? UpperCase : "") + (Numeric ? Digits : "") + (Special ? Specials : "");
        if (all.Length == 0 || MinLength < 1)
        {
            throw new DistributedApplicationException("A generated parameter needs a length and at least one kind of character.");
        }

        var drawn = new List<char>();
        Draw(LowerCase, Lower ? MinLower : 0);
        Draw(UpperCase, Upper ? MinUpper : 0);
        Draw(Digits, Numeric ? MinNumeric : 0);
        Draw(Specials, Special ? MinSpecial : 0);
        Draw(all, MinLength - drawn.Count);
        var characters = drawn.ToArray();
        RandomNumberGenerator.Shuffle(characters.AsSpan());
        return new string(characters);

        void Draw(string alphabet, int count)
        {
            if (count > 0)
            {
                drawn.AddRange(RandomNumberGenerator.GetItems<char>(alphabet, count));
            }
        }
    }
}

/// <summary>A parameter nobody gave a value.</summary>
public sealed class MissingParameterValueException(string message) : DistributedApplicationException(message);
