import { refusalText } from "./refusals";
import type { ProblemBody } from "./types";

/** Why a request did not give what was asked: the gateway's problem+json, or the lack of any answer. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** Sentences per field of the request, by the field's name in camelCase. */
    readonly fields: Readonly<Record<string, string>> = {},
    readonly traceId?: string,
    /** Seconds to wait before trying again, when the gateway said so. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** The header under which the gateway does a thing once, however often it is asked. */
export const idempotencyKey = "Idempotency-Key";

/** What a code means to the person in front of the page, where the gateway's own sentence is written for a program's author. */
const words: Readonly<Record<string, string>> = {
  "wrong-credentials": "The email address or the password is wrong.",
  "email-taken": "There is already an account with this email address. Sign in instead, or use another one.",
  "username-taken": "Somebody else already has this name. Choose another one.",
  "registration-closed": "Nobody can register here by themselves. Ask whoever runs this platform for an account.",
  "password-code-invalid": "This link is over, or was used already. Ask for another one.",
  "unknown-user": "There is no such account.",
  "too-many-requests": "Too many attempts. Wait a moment, then try again.",
  unauthenticated: "Your sign-in has ended. Sign in again.",
  forbidden: "Your account may not do this.",
  "unknown-strategy": "There is no such strategy any more. It may have been deleted.",
  "unknown-strategy-version": "There is no such version of this strategy.",
  "strategy-changed": "A newer version was saved elsewhere.",
  "strategy-disabled": "This strategy is switched off. Switch it on on its own page first.",
  "strategy-running": "Sessions of this strategy have not ended. Stop them first, then try again.",
  "unknown-symbol": "This symbol is not traded here. Symbols are written like SPY or BTC/USD.",
  "session-starting": "The session waits for a worker, so this is not possible yet. Try again when it is running, or stop it.",
  "too-many-sessions": "You have as many open sessions as one may have. Stop one first.",
  "order-is-over": "Too late: this order was filled, or ended otherwise, before it could be canceled.",
  "unknown-order": "There is no such order any more.",
  "no-price": "No price of this symbol is known yet. Try again in a moment.",
  "stale-price": "The last price is too old to trade on. Set a limit, or wait for a newer price.",
  "not-tradable": "This symbol can't be traded at the moment.",
  "symbol-denied": "The limits don't let you trade this symbol.",
  "symbol-not-allowed": "The limits don't let you trade this symbol.",
  "shorting-not-allowed": "This would sell what you don't hold, and selling short is off.",
  "bad-time-in-force": "An order like this can't last like that.",
  "bad-notional": "Only orders at the market or with a limit can be given by value. Write a quantity.",
  "opposite-order-open": "A short sale of the same symbol is still open. Cancel it, or wait until it is filled.",
  "trading-paused": "Trading is paused by a switch: no order is taken.",
  "reduce-only": "A switch lets you only reduce: this order would make a position larger.",
  "max-daily-loss": "The loss of the day has reached its limit: until tomorrow only orders that make a position smaller are taken.",
  "max-orders-per-minute": "Too many orders within a minute. Wait a moment, then try again.",
  "books-unavailable": "The gateway can't do this at the moment, and nothing has changed. Try again in a few seconds.",
  "outcome-unknown": "The gateway went away over this. It may have been done all the same: look before you try again.",
  "request-in-progress": "The first try is still under way. Try again in a moment.",
};

const byStatus: Readonly<Record<number, string>> = {
  401: "Your sign-in has ended. Sign in again.",
  403: "Your account may not do this.",
  404: "This does not exist, or it is not yours.",
  413: "This is larger than the gateway takes.",
  429: "Too many requests. Wait a moment, then try again.",
  502: "The gateway could not reach a service it needs.",
  503: "The gateway is not ready yet.",
};

export function problemOf(response: Response, body: unknown): Problem {
  const problem = isRecord(body) ? (body as ProblemBody) : {};
  const code = problem.code ?? problem.type?.split("/").pop() ?? `HTTP_${response.status}`;
  const message =
    refusalText(canonical(code), problem.detail ?? "") ??
    words[canonical(code)] ??
    problem.detail ??
    byStatus[response.status] ??
    problem.title ??
    `The gateway answered with status ${response.status}.`;
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new Problem(
    response.status,
    code,
    message,
    fieldsOf(problem.errors),
    problem.traceId,
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

/** No answer came. What was to be read is asked for again; what was to be done may have been done all the same. */
export const unreachable = ({ method, headers }: Pick<Request, "method" | "headers">): Problem =>
  new Problem(
    0,
    "UNREACHABLE",
    method === "GET"
      ? "The gateway does not answer. The page tries again by itself."
      : headers.has(idempotencyKey)
        ? "The gateway does not answer. It may have been done all the same: trying again as it stands here is safe, it is done once."
        : "The gateway does not answer. It may have been done all the same.",
  );

/** The answer began and did not end. */
export const brokenOff = (): Problem => new Problem(0, "UNREACHABLE", "The gateway's answer broke off on its way. Try again.");

/** INVALID_CREDENTIALS and invalid-credentials are one code in two spellings. */
const canonical = (code: string): string => code.toLowerCase().replaceAll("_", "-");

function fieldsOf(errors: unknown): Record<string, string> {
  if (!isRecord(errors)) {
    return {};
  }

  return Object.fromEntries(
    Object.entries(errors).map(([field, sentences]) => [
      // ASP.NET Core names fields as the C# property is spelled, or as a JSON path.
      field.replace(/^\$\.?/, "").replace(/^./, (first) => first.toLowerCase()),
      sentenceOf(Array.isArray(sentences) ? sentences.join(" ") : String(sentences)),
    ]),
  );
}

/** The gateway writes "needs at least 10 characters.", to stand behind a field's name; here it stands below the field. */
const sentenceOf = (text: string): string => text.replace(/^./, (first) => first.toUpperCase());

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
