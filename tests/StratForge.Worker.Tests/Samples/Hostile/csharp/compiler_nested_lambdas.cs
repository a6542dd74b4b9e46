// Nests lambdas whose types the compiler has to guess.
// ends: COMPILE_ERROR|COMPILE_TIMEOUT
public sealed class Hostile : Strategy
{
    private static void M(Action<string> a) => a("");

    private static void M(Action<int> a) => a(1);

    private static void M(Action<long> a) => a(1);

    private static void M(string a) => _ = a;

    private static void M(int a) => _ = a;

    public override Signal? OnBar(Bar bar)
    {
        M(x0 => M(x1 => M(x2 => M(x3 => M(x4 => M(x5 => M(x6 => M(x7 => M(x8 => M(x9 => M(x10 => M(x11 => M(x12 => M(x13 => M(x14 => M(x15 => M(x16 => M(x17 => M(x0.ToString())))))))))))))))))));
        return null;
    }
}
