using StratForge.StrategyHost.Compilation;

namespace StratForge.StrategyHost.Tests.Compilation;

public sealed class StrategyCompilerTests
{
    [Fact]
    public void The_demonstration_strategy_compiles() =>
        Assert.Equal("SmaCross", Assert.IsType<CompileOutcome.Compiled>(Samples.Compile(Samples.Read("SmaCross.cs"))).Name);

    [Fact]
    public void Ordinary_modern_CSharp_is_available() => Assert.IsType<CompileOutcome.Compiled>(Samples.Compile(Samples.Class("""
                var numbers = new List<int> { 1, 2, 3 };
                int[] squares = [.. numbers.Select(number => number * number)];
                List<double> doubles = [1, .. squares.Select(square => (double)square)];
                var groups = numbers.GroupBy(number => number % 2).ToDictionary(group => group.Key, group => group.Sum());
                var match = System.Text.RegularExpressions.Regex.Match($"{bar.Close:F2} of {groups.Count}", "[0-9]+");
                (int x, int y) pair = (1, 2);
                Func<int, int> shifted = number => number + pair.x;
                try { numbers[9] = shifted(3); }
                catch (ArgumentOutOfRangeException e) { Log(e.GetType().Name + e.Message); }
                foreach (var count in Counting()) { Log(string.Join(',', doubles) + count); }
                var point = new Point(1, 2) with { A = 3 };
                Span<int> few = stackalloc int[4];
                few[0] = point switch { { A: > 1 } => 1, _ => 2 };
                Log(string.Concat("a", "b", "c", match.Value, few[..2].Length.ToString()) + string.Format("{0}{1}{2}{3}", 1, 2, 3, 4));
                lock (numbers) { changed?.Invoke(); }
                System.Text.StringBuilder text = new();
                text.Append($"{1.5m} {DateTime.UnixEpoch.AddDays(1)} {Guid.Empty} {Math.Max(1, 2)} {typeof(int).Name}");
        """, """
            private event Action? changed;
            private sealed record Point(int A, int B);
            private static IEnumerable<int> Counting() { yield return 1; }
        """)));

    [Theory]
    [InlineData("System.IO.File.ReadAllText(\"x\");", "line 5, column 11: System.IO.File is not available to strategies. (SF0003)")]
    [InlineData("System.IO.\\u0046ile.ReadAllText(\"x\");", "line 5, column 11: System.IO.File is not available to strategies. (SF0003)")]
    [InlineData("global::System.Activator.CreateInstance(typeof(int));", "line 5, column 16: System.Activator is not available to strategies. (SF0003)")]
    [InlineData("_ = DateTime.UtcNow;", "line 5, column 14: System.DateTime.UtcNow is not available to strategies. Clock.Now is the time of the event. (SF0003)")]
    [InlineData("_ = new Random();", "line 5, column 9: System.Random is not available to strategies. Random of the strategy repeats from run to run. (SF0003)")]
    [InlineData("Console.WriteLine(1);", "line 5, column 1: System.Console is not available to strategies. Log writes to the session's log. (SF0003)")]
    [InlineData("Environment.Exit(1);", "line 5, column 13: System.Environment.Exit is not available to strategies. (SF0003)")]
    [InlineData("_ = typeof(int).Assembly;", "line 5, column 17: System.Type.Assembly is not available to strategies. (SF0003)")]
    [InlineData("GC.Collect();", "line 5, column 1: System.GC is not available to strategies. (SF0003)")]
    [InlineData("System.Threading.Tasks.Task.Run(() => { });", "line 5, column 24: System.Threading.Tasks.Task is not available to strategies. (SF0003)")]
    [InlineData("new System.Threading.Thread(() => { }).Start();", "line 5, column 22: System.Threading.Thread is not available to strategies. (SF0003)")]
    [InlineData("int one = 1; System.Runtime.CompilerServices.Unsafe.AsRef(in one) = 2;", "line 5, column 46: System.Runtime.CompilerServices.Unsafe is not available to strategies. (SF0003)")]
    [InlineData("unsafe { }", "line 5, column 1: Unsafe code may only appear if compiling with /unsafe (CS0227)")]
    [InlineData("_ = missing;", "line 5, column 5: The name 'missing' does not exist in the current context (CS0103)")]
    public void What_is_not_available_is_refused_at_its_place(string statement, string message) =>
        Assert.Equal(message, Assert.IsType<CompileOutcome.Refused>(Samples.Compile(Samples.Class(statement))).Message);

    [Theory]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid();", "System.Runtime.InteropServices.DllImportAttribute is not available")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer] internal static void Early() { }", "System.Runtime.CompilerServices.ModuleInitializerAttribute is not available")]
    [InlineData("~Sample() { }", "Sample has a finaliser")]
    public void Code_that_runs_unasked_or_outside_is_refused(string member, string message) =>
        Assert.Contains(message, Assert.IsType<CompileOutcome.Refused>(Samples.Compile(Samples.Class(string.Empty, member))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "There is no class that derives from Strategy.")]
    [InlineData("class A { }", "There is no class that derives from Strategy.")]
    [InlineData("class A : Strategy { } class B : Strategy { }", "B is a second class that derives from Strategy")]
    [InlineData("#r \"x.dll\"\nclass A : Strategy { }", "#r is only allowed in scripts")]
    public void A_source_holds_one_strategy(string source, string message) =>
        Assert.Contains(message, Assert.IsType<CompileOutcome.Refused>(Samples.Compile(source)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_host_itself_is_out_of_reach() =>
        Assert.Contains("The name 'Run' does not exist", Assert.IsType<CompileOutcome.Refused>(Samples.Compile(Samples.Class("_ = Run;"))).Message, StringComparison.Ordinal);
}
