using System.Collections.Frozen;

namespace StratForge.StrategyHost.Compilation;

/// <summary>The part of .NET that a strategy may use: what computes, and nothing that reaches out of the process or asks for the time.</summary>
/// <remarks>Tells authors early and kindly. What keeps the machine safe is the cage around the process, not this list.</remarks>
internal static class AllowedApi
{
    // Every type of these.
    private static readonly FrozenSet<string> Namespaces = Set(
        "StratForge.Strategies StratForge.Strategies.Indicators System.Collections System.Collections.Generic System.Collections.Immutable " +
        "System.Collections.ObjectModel System.Collections.Frozen System.Linq System.Globalization System.Numerics System.Text " +
        "System.Text.RegularExpressions System.Diagnostics.CodeAnalysis");

    private static readonly FrozenSet<string> Types = Set(
        // Values and arithmetic.
        "System.Object System.ValueType System.Enum System.Void System.Boolean System.Char System.String System.SByte System.Byte System.Int16 System.UInt16 " +
        "System.Int32 System.UInt32 System.Int64 System.UInt64 System.Int128 System.UInt128 System.IntPtr System.UIntPtr System.Half System.Single System.Double System.Decimal " +
        "System.Math System.MathF System.MidpointRounding System.BitConverter System.Convert System.HashCode System.Guid System.Version " +
        "System.DateTime System.DateTimeOffset System.DateOnly System.TimeOnly System.TimeSpan System.DayOfWeek System.DateTimeKind " +
        // Shapes.
        "System.Array System.ArraySegment`1 System.Span`1 System.ReadOnlySpan`1 System.Memory`1 System.ReadOnlyMemory`1 System.MemoryExtensions System.Index System.Range " +
        "System.Nullable System.Nullable`1 System.Tuple System.Lazy`1 System.EventArgs System.EventHandler System.EventHandler`1 System.Predicate`1 System.Comparison`1 " +
        "System.Converter`2 System.StringComparer System.StringComparison System.StringSplitOptions System.Environment System.Buffer " +
        "System.IComparable System.IComparable`1 System.IEquatable`1 System.IFormattable System.IFormatProvider System.ICustomFormatter System.IConvertible System.ICloneable " +
        "System.IDisposable System.ISpanFormattable System.IParsable`1 System.ISpanParsable`1 System.IUtf8SpanFormattable System.IUtf8SpanParsable`1 System.TypeCode " +
        "System.Attribute System.AttributeUsageAttribute System.AttributeTargets System.FlagsAttribute System.ObsoleteAttribute System.ParamArrayAttribute System.NonSerializedAttribute " +
        "System.Type System.RuntimeTypeHandle System.RuntimeFieldHandle System.Delegate System.MulticastDelegate System.Reflection.MemberInfo System.Reflection.DefaultMemberAttribute " +
        // What goes wrong.
        "System.Exception System.SystemException System.ApplicationException System.ArgumentException System.ArgumentNullException System.ArgumentOutOfRangeException " +
        "System.ArithmeticException System.DivideByZeroException System.OverflowException System.FormatException System.IndexOutOfRangeException System.InvalidCastException " +
        "System.InvalidOperationException System.NotImplementedException System.NotSupportedException System.NullReferenceException System.TimeoutException " +
        "System.OutOfMemoryException System.StackOverflowException System.AggregateException System.OperationCanceledException System.Diagnostics.UnreachableException " +
        // What the compiler writes itself.
        "System.Diagnostics.DebuggableAttribute System.Diagnostics.DebuggerBrowsableAttribute System.Diagnostics.DebuggerBrowsableState System.Diagnostics.DebuggerHiddenAttribute " +
        "System.Diagnostics.DebuggerDisplayAttribute System.Diagnostics.DebuggerStepThroughAttribute System.Diagnostics.ConditionalAttribute " +
        "System.Threading.Interlocked System.Threading.Monitor System.Runtime.InteropServices.InAttribute System.Runtime.InteropServices.OutAttribute");

    private const string Compiler = "System.Runtime.CompilerServices.";

    private static readonly FrozenSet<string> CompilerTypes = Set(
        "CompilerGeneratedAttribute CompilationRelaxationsAttribute RuntimeCompatibilityAttribute ExtensionAttribute IsReadOnlyAttribute IsByRefLikeAttribute IsExternalInit " +
        "IsUnmanagedAttribute IsVolatile IteratorStateMachineAttribute NullableAttribute NullableContextAttribute NullablePublicOnlyAttribute RefSafetyRulesAttribute RequiredMemberAttribute " +
        "CompilerFeatureRequiredAttribute ScopedRefAttribute TupleElementNamesAttribute ITuple DefaultInterpolatedStringHandler InterpolatedStringHandlerAttribute " +
        "InterpolatedStringHandlerArgumentAttribute PreserveBaseOverridesAttribute SwitchExpressionException StrongBox`1 InlineArrayAttribute CollectionBuilderAttribute " +
        "ParamCollectionAttribute OverloadResolutionPriorityAttribute CallerArgumentExpressionAttribute CallerMemberNameAttribute CallerLineNumberAttribute " +
        "FixedAddressValueTypeAttribute RuntimeHelpers MethodImplAttribute MethodImplOptions IsConst DecimalConstantAttribute EnumeratorCancellationAttribute");

    // Appear in what the compiler makes of harmless code; an author who writes them is told so.
    private static readonly FrozenSet<string> CompilerOnly = Set(
        Compiler + "Unsafe System.Runtime.InteropServices.MemoryMarshal System.Runtime.InteropServices.CollectionsMarshal");

    // Of these types only so much.
    private static readonly FrozenDictionary<string, FrozenSet<string>> OnlyMembers = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["System.Type"] = Set("GetTypeFromHandle op_Equality op_Inequality get_FullName get_Name Equals ToString"),
        ["System.Reflection.MemberInfo"] = Set("get_Name"),
        ["System.Delegate"] = Set("Combine Remove op_Equality op_Inequality Equals"),
        ["System.MulticastDelegate"] = Set("op_Equality op_Inequality .ctor"),
        ["System.Environment"] = Set("get_CurrentManagedThreadId get_NewLine"),
        [Compiler + "RuntimeHelpers"] = Set("InitializeArray GetSubArray CreateSpan EnsureSufficientExecutionStack IsReferenceOrContainsReferences GetHashCode Equals"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FrozenSet<string>> NotMembers = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["System.DateTime"] = Set("get_Now get_UtcNow get_Today"),
        ["System.DateTimeOffset"] = Set("get_Now get_UtcNow"),
        ["System.Guid"] = Set("NewGuid CreateVersion7"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Hints = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["System.DateTime"] = "Clock.Now is the time of the event.",
        ["System.DateTimeOffset"] = "Clock.Now is the time of the event.",
        ["System.Guid"] = "It would differ from run to run.",
        ["System.Random"] = "Random of the strategy repeats from run to run.",
        ["System.Console"] = "Log writes to the session's log.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a compiled strategy may refer to a type.</summary>
    /// <param name="space">Its namespace.</param>
    /// <param name="name">Its name as in metadata, of the outermost type: <c>List`1</c>.</param>
    public static bool AllowsType(string space, string name)
    {
        var full = space + "." + name;
        return Namespaces.Contains(space)
            || Types.Contains(full)
            || CompilerOnly.Contains(full)
            || (space + "." == Compiler && CompilerTypes.Contains(name))
            || (space + "." == Compiler && name.StartsWith("InlineArray", StringComparison.Ordinal))
            || (space == "System" && IsFamily(name));
    }

    /// <summary>Whether a compiled strategy may refer to a member of an allowed type.</summary>
    public static bool AllowsMember(string type, string member) =>
        OnlyMembers.TryGetValue(type, out var only)
            ? only.Contains(member)
            : !NotMembers.TryGetValue(type, out var not) || !not.Contains(member);

    /// <summary>Whether a type is for the compiler's own use.</summary>
    public static bool IsForTheCompiler(string type) => CompilerOnly.Contains(type);

    /// <summary>Says that something is not available, and what is instead.</summary>
    public static string Refusal(string type, string? member)
    {
        var name = type.Split('`')[0];
        var what = member is null ? name : $"{name}.{member.Replace("get_", string.Empty, StringComparison.Ordinal)}";
        return Hints.TryGetValue(type, out var hint) ? $"{what} is not available to strategies. {hint}" : $"{what} is not available to strategies.";
    }

    // Func`1 to Func`17 and their like.
    private static bool IsFamily(string name)
    {
        var family = name.Split('`')[0];
        return family is "Func" or "Action" or "Tuple" or "ValueTuple";
    }

    private static FrozenSet<string> Set(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
