using System.Net;

namespace StratForge.Alpaca;

/// <summary>A REST call did not bring what it was made for.</summary>
public sealed class AlpacaException : Exception
{
    /// <summary>The venue answered with an error.</summary>
    public AlpacaException(AlpacaError error)
        : base($"{(int)error.Status}{(error.Code is { } code ? $"/{code}" : "")}: {error.Message}")
    {
        Error = error;
    }

    /// <summary>The request got no usable answer: no connection, a timeout, or a body that could not be read.</summary>
    public AlpacaException(string message, Exception cause) : base(message, cause)
    {
    }

    /// <summary>The request was not sent: too many already wait for the request budget.</summary>
    internal AlpacaException(string message) : base(message)
    {
        WasNotSent = true;
    }

    /// <summary>What the venue said; null when nothing usable came back.</summary>
    public AlpacaError? Error { get; }

    /// <summary>True when the request never left this process.</summary>
    public bool WasNotSent { get; }

    /// <summary>Whether a POST may have taken effect nevertheless: look the order up by its client order id before sending it again.</summary>
    public bool OutcomeIsUnknown =>
        !WasNotSent && (Error is null || Error.Status == HttpStatusCode.RequestTimeout || (int)Error.Status >= 500 || (int)Error.Status < 300);

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => WasNotSent || Error is null || Error.IsTransient;
}
