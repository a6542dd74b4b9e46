using Microsoft.Extensions.Options;

namespace StratForge.Worker.Hosts;

/// <summary>How strategies are caged, section <c>Cage</c>. All of it is for development and tests: what is stated here can only make a cage
/// weaker, so a worker whose environment is <c>Production</c> does not start with any of it.</summary>
internal sealed class CageOptions
{
    /// <summary>The variable that sets <see cref="RunUncaged"/>, to <c>1</c>.</summary>
    public const string UnsafeSwitch = "STRATFORGE_UNSAFE_NO_SANDBOX";

    /// <summary>Runs strategies all the same where no cage can be built. For the machine of someone who trusts every strategy on it. Where a
    /// cage can be built it is, with or without this.</summary>
    /// <value>Default: no.</value>
    public bool RunUncaged { get; set; }

    /// <summary>Takes the kernel for one whose Landlock is at most of this version; 0 for one that has none.</summary>
    /// <value>Unset: what the kernel has.</value>
    public int? Landlock { get; set; }

    /// <summary>Unset this to take the kernel for one that filters no system calls.</summary>
    public bool Seccomp { get; set; } = true;
}

/// <summary>Checks <see cref="CageOptions"/> at start.</summary>
/// <param name="environment">The worker's.</param>
internal sealed class CageOptionsValidator(IHostEnvironment environment) : IValidateOptions<CageOptions>
{
    public ValidateOptionsResult Validate(string? name, CageOptions options)
    {
        if (options.Landlock is < 0)
        {
            return ValidateOptionsResult.Fail("Cage__Landlock is a version of Landlock from 1, or 0 for none.");
        }

        if (!environment.IsProduction())
        {
            return ValidateOptionsResult.Success;
        }

        if (options.RunUncaged)
        {
            return ValidateOptionsResult.Fail(
                $"{CageOptions.UnsafeSwitch} lets strategies run without a cage, which is for development only, and this worker's environment is Production. "
                + "Unset it, or set ASPNETCORE_ENVIRONMENT to Development on a machine where every strategy is trusted.");
        }

        return options is { Landlock: null, Seccomp: true }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Cage__Landlock and Cage__Seccomp make the cage weaker and are for tests only; unset them in Production.");
    }
}
