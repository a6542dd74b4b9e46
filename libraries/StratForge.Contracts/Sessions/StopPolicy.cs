using System.Text.Json.Serialization;

namespace StratForge.Contracts.Sessions;

/// <summary>What becomes of a session's open orders and of what it holds when it ends, by its owner's word or by a fault.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopPolicy>))]
public enum StopPolicy
{
    /// <summary>Its orders stay open until they fill or expire; what it holds stays in the portfolio.</summary>
    [JsonStringEnumMemberName("leave")] Leave,

    /// <summary>Its open orders are canceled; what it holds stays. The default: a strategy that is gone can't look after its orders.</summary>
    [JsonStringEnumMemberName("cancel")] Cancel,

    /// <summary>Its open orders are canceled and what it holds is closed at the market.</summary>
    [JsonStringEnumMemberName("flatten")] Flatten,
}

/// <summary>Policies as tables and requests spell them.</summary>
public static class StopPolicies
{
    /// <summary>All of them, for a sentence.</summary>
    public const string All = "leave, cancel or flatten";

    /// <summary>As tables and requests spell it.</summary>
    public static string Spell(StopPolicy policy) => policy switch
    {
        StopPolicy.Leave => "leave",
        StopPolicy.Flatten => "flatten",
        _ => "cancel",
    };

    /// <summary>The policy of that name; null when there is none.</summary>
    public static StopPolicy? Parse(string? name) => name switch
    {
        "leave" => StopPolicy.Leave,
        "cancel" => StopPolicy.Cancel,
        "flatten" => StopPolicy.Flatten,
        _ => null,
    };
}
