/** How a state reads and which ground it stands on. The word always stands beside the colour. */
export interface StatusLook {
  word: string;
  tone: "good" | "bad" | "warn" | "busy" | "calm";
  hint: string;
}

const sessions: Readonly<Record<string, StatusLook>> = {
  STARTING: { word: "Starting", tone: "busy", hint: "Waits for a worker to load the strategy." },
  RUNNING: { word: "Running", tone: "good", hint: "Gets every bar and may trade." },
  PAUSED: { word: "Paused", tone: "warn", hint: "Gets every bar; its signals are refused." },
  STOPPING: { word: "Stopping", tone: "busy", hint: "The strategy finishes, and its orders and positions are treated as its stop policy says." },
  STOPPED: { word: "Stopped", tone: "calm", hint: "Ended by its owner." },
  FAILED: { word: "Failed", tone: "bad", hint: "Ended by a fault." },
  COMPLETED: { word: "Completed", tone: "calm", hint: "Ended because its data ended." },
};

const signals: Readonly<Record<string, StatusLook>> = {
  ACCEPTED: { word: "Accepted", tone: "busy", hint: "Became an order that is not filled yet." },
  PARTIAL: { word: "Partly filled", tone: "busy", hint: "Part of its order is filled." },
  EXECUTED: { word: "Filled", tone: "good", hint: "Its order is filled." },
  REJECTED: { word: "Refused", tone: "bad", hint: "Became no order, or the broker refused it." },
  RECORDED: { word: "Recorded", tone: "calm", hint: "Noted only: the session observes." },
  EXPIRED: { word: "Expired", tone: "warn", hint: "Its order ended before it was filled." },
};

const orders: Readonly<Record<string, StatusLook>> = {
  held: { word: "Held", tone: "calm", hint: "Waits for its entry to fill." },
  accepted: { word: "Waiting", tone: "busy", hint: "Taken in. It goes to the broker when it can trade." },
  new: { word: "At the broker", tone: "busy", hint: "Trades as soon as somebody takes the other side." },
  partially_filled: { word: "Partly filled", tone: "busy", hint: "Part of it is filled; the rest still may." },
};

/** An order that was asked back and is still at the broker. */
export const cancelingLook: StatusLook = { word: "Canceling", tone: "warn", hint: "Asked back. What fills before the broker gives it up stays filled." };

const unknown = (status: string): StatusLook => ({ word: status, tone: "calm", hint: status });

export const sessionLook = (status: string): StatusLook => sessions[status] ?? unknown(status);
export const signalLook = (status: string): StatusLook => signals[status] ?? unknown(status);
export const orderLook = (status: string): StatusLook => orders[status] ?? unknown(status);

/** An order that may still trade. */
export const isOpenOrder = (status: string): boolean => Object.hasOwn(orders, status);

/** A session that still holds its place in the market: what may be stopped. */
export const isOpen = (status: string): boolean => ["STARTING", "RUNNING", "PAUSED"].includes(status);

/** A session that still changes. */
export const isMoving = (status: string): boolean => isOpen(status) || status === "STOPPING";

const reasons: Readonly<Record<string, string>> = {
  INSUFFICIENT_FUNDS: "Not enough available cash",
  INSUFFICIENT_QUANTITY: "Fewer units held than it wanted to sell; shorting is off",
  NO_PRICE: "No price was known yet",
  UNKNOWN_SYMBOL: "The symbol is not traded here",
  BAD_QUANTITY: "The quantity is not allowed",
  BAD_PRICE: "The limit price is not allowed",
  SESSION_NOT_RUNNING: "The session was not running any more",
  SESSION_PAUSED: "The session was paused",
  SESSION_STOPPING: "The session was stopping",
  TRADING_PAUSED: "Trading was paused by a switch",
  REDUCE_ONLY: "Only orders that make a position smaller were taken",
  SHORTING_NOT_ALLOWED: "It would have sold what is not held; shorting is off",
  MAX_DAILY_LOSS: "The loss of the day had reached its limit",
  MAX_ORDER_NOTIONAL: "The order was larger than the limits allow",
  MAX_POSITION_NOTIONAL: "The position would have grown beyond its limit",
  MAX_OPEN_ORDERS: "Too many orders were open",
  MAX_ORDERS_PER_MINUTE: "Too many orders within a minute",
  STALE_PRICE: "The last price was too old to trade on",
  PRICE_COLLAR: "The limit was too far through the market",
  BROKER_REJECTED: "The broker refused the order",
  FENCED: "Another worker had taken the session over",
};

/** Why a signal was refused, in words: the code's own, else the gateway's sentence, else the code as it is. */
export const reasonText = (code: string | null, detail: string | null): string | null =>
  code === null ? detail : (reasons[code] ?? detail ?? code);

/** What a stop does with a session's orders and with what it holds. */
export const stopPolicies: readonly { value: "leave" | "cancel" | "flatten"; label: string; says: string }[] = [
  { value: "cancel", label: "Cancel orders", says: "Its open orders are canceled. What it holds stays in your portfolio." },
  { value: "flatten", label: "Close everything", says: "Its open orders are canceled, and what it holds is sold or bought back at the market." },
  { value: "leave", label: "Leave everything", says: "Its open orders stay open until they fill or expire. What it holds stays in your portfolio." },
];

const severities: Readonly<Record<string, StatusLook>> = {
  error: { word: "Error", tone: "bad", hint: "It can't run like this." },
  warning: { word: "Warning", tone: "warn", hint: "It runs, but hardly as it is meant." },
  info: { word: "Note", tone: "calm", hint: "Worth knowing." },
};

const checks: Readonly<Record<string, StatusLook>> = {
  passed: { word: "Passed", tone: "good", hint: "Nothing wrong was found." },
  failed: { word: "Failed", tone: "bad", hint: "See the problems below." },
  skipped: { word: "Skipped", tone: "calm", hint: "An earlier check failed." },
};

export const severityLook = (severity: string): StatusLook => severities[severity] ?? unknown(severity);
export const checkLook = (state: string): StatusLook => checks[state] ?? unknown(state);

/** A kind of order in words: stop_limit as "stop limit". */
export const orderTypeText = (orderType: string): string => orderType.replaceAll("_", " ");

export const languageText = (language: string): string =>
  ({ csharp: "C#", python: "Python" })[language] ?? language;

const alerts: Readonly<Record<string, StatusLook>> = {
  waiting: { word: "Waiting", tone: "good", hint: "Fires when it happens." },
  beyond: { word: "Beyond", tone: "warn", hint: "The value is past the level: it has to come back before the alert can fire." },
  unknown: { word: "No value yet", tone: "busy", hint: "Nothing is known yet of what it watches." },
  off: { word: "Off", tone: "calm", hint: "Not watched." },
};

export const alertLook = (state: string): StatusLook => alerts[state] ?? unknown(state);
