// Claims that its lines stand in a file of the platform.
// ends: COMPILE_ERROR
#line 1 "/etc/passwd"
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar) => nonsense;
}
