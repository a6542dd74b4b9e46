using System.Diagnostics.CodeAnalysis;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>Takes those requests of one endpoint that are as plain as nearly all are, without the framework's binding, filters and results.</summary>
/// <remarks>What the endpoint's filters ask for it has to ask for itself.</remarks>
internal interface IPlainIntake
{
    /// <summary>Takes a request, if it is a plain one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who is signed in, where the endpoint asks for somebody.</param>
    /// <param name="answered">Done once it is answered.</param>
    /// <returns>Whether it is plain. Otherwise nothing was done, and its body is there as before.</returns>
    bool TryTake(HttpContext context, Caller? caller, [NotNullWhen(true)] out Task? answered);
}
