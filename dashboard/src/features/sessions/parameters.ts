import type { ParameterDescription } from "../../api/types";

/** Values of a strategy's parameters as they are typed, by name; those that nobody touched are not among them. */
export type Typed = Readonly<Record<string, string | boolean>>;

/** The strategy's own values stand before those its code declares. */
export const defaultOf = ({ name, default: declared }: ParameterDescription, own: unknown): unknown => namedIn(own)[name] ?? declared;

/** What is set in JSON, by name. */
export const namedIn = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};

/** A value as it is shown and typed. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What is allowed, in a sentence; null: anything of its type. */
export function boundsText({ min, max }: ParameterDescription): string | null {
  const [low, high] = [min ?? null, max ?? null];
  return low !== null && high !== null ? `From ${low} to ${high}.` : low !== null ? `At least ${low}.` : high !== null ? `At most ${high}.` : null;
}

const spellings: Readonly<Record<string, { form: RegExp; fault: string }>> = {
  int: { form: /^-?\d+$/, fault: "Write a whole number." },
  double: { form: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, fault: "Write a number." },
};

/** What is wrong with a value as it was typed. */
export function faultOf(parameter: ParameterDescription, typed: string | boolean | undefined): string | null {
  const spelling = spellings[parameter.type];
  if (spelling === undefined || typeof typed !== "string") {
    return null;
  }

  const number = Number(typed);
  if (!spelling.form.test(typed.trim()) || !Number.isFinite(number)) {
    return spelling.fault;
  }

  return number < (parameter.min ?? number) || number > (parameter.max ?? number) ? boundsText(parameter) : null;
}

/** What a session is started with beyond the defaults. */
export const changedOf = (parameters: readonly ParameterDescription[], typed: Typed, own: unknown): Record<string, unknown> =>
  Object.fromEntries(
    parameters.flatMap((parameter) => {
      const given = typed[parameter.name];
      const value = typeof given === "string" && parameter.type in spellings ? Number(given) : given;
      return value === undefined || value === defaultOf(parameter, own) ? [] : [[parameter.name, value]];
    }),
  );
