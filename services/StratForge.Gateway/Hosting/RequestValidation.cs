namespace StratForge.Gateway.Hosting;

/// <summary>Refuses invalid requests before their endpoint runs.</summary>
internal static class RequestValidation
{
    /// <summary>Checks every argument of the group's endpoints that is <see cref="IValidated"/>.</summary>
    public static RouteGroupBuilder WithRequestValidation(this RouteGroupBuilder group) =>
        group.AddEndpointFilter(async (context, next) =>
        {
            var errors = new FieldErrors();
            foreach (var argument in context.Arguments)
            {
                (argument as IValidated)?.Validate(errors);
            }

            return errors.None ? await next(context) : Problems.Invalid(errors.ToDictionary());
        });
}
