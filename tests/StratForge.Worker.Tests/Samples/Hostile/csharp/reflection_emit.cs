// Writes its own code at run time.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR
using System.Reflection.Emit;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var method = new DynamicMethod("Read", typeof(string), []);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldstr, "/etc/passwd");
        code.Emit(OpCodes.Call, typeof(System.IO.File).GetMethod("ReadAllText", [typeof(string)])!);
        code.Emit(OpCodes.Ret);
        Log((string)method.Invoke(null, [])!);
        return null;
    }
}
