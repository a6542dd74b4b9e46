namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>A value that is known once the application runs.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>The same value as a manifest writes it: <c>{gateway.bindings.http.url}</c>.</summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

/// <summary>Names the resources and values it is made of.</summary>
public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}
