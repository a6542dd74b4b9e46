namespace StratForge.Gateway.Hosting;

/// <summary>Bounds of what one request may ask for.</summary>
internal static class Limits
{
    /// <summary>Bytes of a request body. A strategy's code may have 256 KiB, and JSON may escape every byte of it as two.</summary>
    public const int MaxBodyBytes = 1024 * 1024;
}
