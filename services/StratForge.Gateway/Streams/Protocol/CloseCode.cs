namespace StratForge.Gateway.Streams.Protocol;

/// <summary>Why a connection ends. Part of the API: clients switch on the number.</summary>
internal enum CloseCode
{
    /// <summary>The client said good-bye.</summary>
    Normal = 1000,

    /// <summary>The gateway stops; connect again, to any gateway, and resume.</summary>
    GoingAway = 1001,

    /// <summary>The client broke RFC 6455.</summary>
    ProtocolError = 1002,

    /// <summary>A binary message; everything here is text.</summary>
    NotText = 1003,

    /// <summary>The peer gave no code. Never sent.</summary>
    NoneGiven = 1005,

    /// <summary>Text that is not UTF-8.</summary>
    NotUtf8 = 1007,

    /// <summary>A message longer than allowed.</summary>
    TooLong = 1009,

    /// <summary>Nobody signed in in time, the token is worth nothing, or the sign-in has ended.</summary>
    SignInFirst = 4401,

    /// <summary>The client did not take what it was sent; it resumes.</summary>
    TooSlow = 4408,

    /// <summary>Too many messages, or too many connections of this user.</summary>
    TooMany = 4429,
}
