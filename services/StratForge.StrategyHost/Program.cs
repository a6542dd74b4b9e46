using StratForge.StrategyHost.Compilation;
using StratForge.StrategyHost.Running;
using StratForge.StrategyHost.Sandbox;

// launch: locks the process down and becomes a runtime that runs, or compiles, one stranger's code. docs/strategy-hosts.md.
return args switch
{
    ["launch", var kind] => Launcher.Launch(kind),
    ["run"] => RunHost.Run(),
    ["compile"] => CompileHost.Run(),
    ["compile-package"] => Launcher.CompilePackage(),
    _ => Launcher.Usage(),
};
