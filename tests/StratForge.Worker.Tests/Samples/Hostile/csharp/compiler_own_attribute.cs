// Brings the attribute that reaches into what is private, and hides its name.
// ends: COMPILE_ERROR has no body
using System.Runtime.CompilerServices;

namespace System.Runtime.CompilerServices
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class UnsafeAccessorAttribute(int kind) : Attribute
    {
        public int Kind { get; } = kind;

        public string? Name { get; set; }
    }
}

public sealed class Hostile : Strategy
{
    [UnsafeAccessor(1, Name = "ToLowerInvariant")]
    private static extern string Text(string text);

    public override Signal? OnBar(Bar bar)
    {
        Log(Text("A"));
        return null;
    }
}
