using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StratForge.StrategyHost.Compilation;

/// <summary>Looks through a compiled strategy for what <see cref="AllowedApi"/> does not have.</summary>
/// <remarks>The assembly decides, not the text: an alias, an escape in a name or a <c>global::</c> hides nothing there. The text is only
/// consulted to say where.</remarks>
internal static class ApiScan
{
    private const string ErrorId = "SF0003";

    /// <summary>What is refused, each with its place where one can be found.</summary>
    public static IReadOnlyList<SourceError> Find(ReadOnlySpan<byte> assembly, CSharpCompilation compilation, SyntaxTree tree)
    {
        var refused = new List<SourceError>();
        var compilerOnly = false;
        using (var image = new PEReader([.. assembly]))
        {
            var metadata = image.GetMetadataReader();
            foreach (var (type, member) in References(metadata))
            {
                if (member is null && AllowedApi.IsForTheCompiler(type))
                {
                    compilerOnly = true;
                }
                else if (!IsAllowed(type, member))
                {
                    refused.Add(new SourceError(0, 0, ErrorId, AllowedApi.Refusal(type, member)));
                }
            }

            refused.AddRange(Definitions(metadata));
        }

        if (refused.Count == 0 && !compilerOnly)
        {
            return [];
        }

        // What the text shows at its place need not be told without one.
        var placed = Placed(compilation, tree).ToList();
        var told = placed.Select(error => error.Message).ToHashSet(StringComparer.Ordinal);
        return [.. placed, .. refused.Where(error => told.Add(error.Message))];
    }

    private static bool IsAllowed(string type, string? member)
    {
        if (member is not null)
        {
            return AllowedApi.AllowsMember(type, member);
        }

        var dot = type.LastIndexOf('.');
        return AllowedApi.AllowsType(dot < 0 ? string.Empty : type[..dot], type[(dot + 1)..]);
    }

    // Every type named, and every member of one.
    private static IEnumerable<(string Type, string? Member)> References(MetadataReader metadata)
    {
        foreach (var handle in metadata.TypeReferences)
        {
            yield return (Outermost(metadata, handle), null);
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                yield return (Outermost(metadata, (TypeReferenceHandle)member.Parent), metadata.GetString(member.Name));
            }
        }
    }

    private static string Outermost(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            type = metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        }

        return metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name);
    }

    // Code that runs without being called, or that is not C# at all.
    private static IEnumerable<SourceError> Definitions(MetadataReader metadata)
    {
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            var type = metadata.GetTypeDefinition(method.GetDeclaringType());
            var typeName = metadata.GetString(type.Name);
            var name = metadata.GetString(method.Name);
            if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl) || method.ImplAttributes.HasFlag(MethodImplAttributes.InternalCall))
            {
                yield return Refuse($"{typeName}.{name} calls native code, which is not available to strategies.");
            }
            else if (method.RelativeVirtualAddress == 0 && !method.Attributes.HasFlag(MethodAttributes.Abstract) &&
                !method.ImplAttributes.HasFlag(MethodImplAttributes.Runtime))
            {
                // The runtime itself fills it in: by an accessor to what is private, for one.
                yield return Refuse($"{typeName}.{name} has no body; such methods are not available to strategies.");
            }
            else if (name == ".cctor" && typeName == "<Module>")
            {
                yield return Refuse("Module initialisers are not available to strategies.");
            }
            else if (name == "Finalize" && method.Attributes.HasFlag(MethodAttributes.Virtual) && method.GetParameters().Count == 0)
            {
                yield return Refuse($"{typeName} has a finaliser; they are not available to strategies.");
            }
        }

        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            var name = metadata.GetString(type.Name);
            if (name == "IgnoresAccessChecksToAttribute")
            {
                yield return Refuse("Access checks can't be switched off.");
            }

            // Two references at one place are one object taken for another. The compiler's own types of this kind hold constants and have no fields.
            if ((type.Attributes & TypeAttributes.LayoutMask) == TypeAttributes.ExplicitLayout && type.GetFields().Count > 0)
            {
                yield return Refuse($"{name} lays out its own fields, which is not available to strategies.");
            }
        }
    }

    private static SourceError Refuse(string message) => new(0, 0, ErrorId, message);

    private static IEnumerable<SourceError> Placed(CSharpCompilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node is not (SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
            {
                continue;
            }

            var symbol = model.GetSymbolInfo(node).Symbol;
            if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol)
            {
                continue;
            }

            var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
            if (type is null || type.Locations.Any(location => location.IsInSource))
            {
                continue;
            }

            while (type.ContainingType is { } outer)
            {
                type = outer;
            }

            var space = type.ContainingNamespace.ToDisplayString();
            var full = space + "." + type.MetadataName;
            var member = symbol is INamedTypeSymbol ? null : symbol is IPropertySymbol property ? "get_" + property.Name : symbol.MetadataName;
            if (!AllowedApi.AllowsType(space, type.MetadataName) || AllowedApi.IsForTheCompiler(full))
            {
                yield return At(node, AllowedApi.Refusal(full, member: null));
            }
            else if (member is not null && !AllowedApi.AllowsMember(full, member))
            {
                yield return At(node, AllowedApi.Refusal(full, member));
            }
        }
    }

    private static SourceError At(SyntaxNode node, string message)
    {
        var start = node.GetLocation().GetLineSpan().StartLinePosition;
        return new SourceError(start.Line + 1, start.Character + 1, ErrorId, message);
    }
}
