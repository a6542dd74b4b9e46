// Holds no strategy.
// ends: COMPILE_ERROR no class
public static class Nothing;
