namespace StratForge.LocalHosting.Running;

internal static class RandomText
{
    public static string LowerCase(int length) =>
        System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", length);
}
