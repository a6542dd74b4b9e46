import type { NewOrder } from "../../api/types";

/** What the ticket holds. Those that the gateway knows bear its names, so that what it says of one stands there. */
export interface Fields {
  side: string;
  symbol: string;
  type: string;
  /** What the size is given in: `qty` or `notional`. */
  by: string;
  qty: string;
  notional: string;
  limit_price: string;
  stop_price: string;
  /** What the distance of a trailing stop is given in: `trail_price` or `trail_percent`. */
  trailBy: string;
  trail_price: string;
  trail_percent: string;
  time_in_force: string;
}

export const blank: Fields = {
  side: "buy", symbol: "", type: "market", by: "qty", qty: "", notional: "", limit_price: "", stop_price: "", trailBy: "trail_percent", trail_price: "",
  trail_percent: "", time_in_force: "day",
};

const symbolOf = ({ symbol }: Pick<Fields, "symbol">): string => symbol.trim().toUpperCase();

/** Which numbers an order of that kind has. The others are not shown, and what was once typed there is neither judged nor sent. */
export function shownFor({ type, by, trailBy }: Pick<Fields, "type" | "by" | "trailBy">) {
  const mayBeByValue = type === "market" || type === "limit";
  const isByValue = mayBeByValue && by === "notional";
  return {
    mayBeByValue,
    qty: !isByValue,
    notional: isByValue,
    limit_price: type === "limit" || type === "stop_limit",
    stop_price: type === "stop" || type === "stop_limit",
    trail_price: type === "trailing_stop" && trailBy === "trail_price",
    trail_percent: type === "trailing_stop" && trailBy === "trail_percent",
  };
}

/** How long an order of that kind may last: crypto has no close, and what waits for a price can't be done at once. */
export function timesFor(fields: Pick<Fields, "type" | "symbol">): string[] {
  const isCrypto = symbolOf(fields).includes("/");
  const mayBeAtOnce = fields.type === "market" || fields.type === "limit";
  return [...(isCrypto ? ["gtc"] : ["day", "gtc"]), ...(mayBeAtOnce ? (isCrypto ? ["ioc"] : ["ioc", "fok"]) : [])];
}

/** How long the order lasts: as chosen, where it may. */
export function lastsFor(fields: Pick<Fields, "type" | "symbol" | "time_in_force">): string {
  const offered = timesFor(fields);
  return offered.includes(fields.time_in_force) ? fields.time_in_force : offered[0]!;
}

const numbers = ["qty", "notional", "limit_price", "stop_price", "trail_price", "trail_percent"] as const;
const isAboveZero = (text: string): boolean => /^\d+(\.\d+)?$/.test(text.trim()) && /[1-9]/.test(text);

/** What is wrong with the fields that are shown. */
export const faultsOf = (fields: Fields): Record<string, string | null> => ({
  symbol: symbolOf(fields) === "" ? "Write a symbol, like SPY or BTC/USD." : null,
  ...Object.fromEntries(
    numbers.map((name) => [name, !shownFor(fields)[name] || isAboveZero(fields[name]) ? null : "Write a number above 0, like 187.50."]),
  ),
});

export const newOrderOf = (fields: Fields): NewOrder => ({
  symbol: symbolOf(fields),
  side: fields.side,
  type: fields.type,
  time_in_force: lastsFor(fields),
  ...Object.fromEntries(numbers.filter((name) => shownFor(fields)[name]).map((name) => [name, fields[name].trim()])),
});

const places: Readonly<Record<string, (fields: Fields) => keyof Fields>> = {
  UNKNOWN_SYMBOL: () => "symbol",
  NOT_TRADABLE: () => "symbol",
  SYMBOL_DENIED: () => "symbol",
  SYMBOL_NOT_ALLOWED: () => "symbol",
  BAD_QUANTITY: (fields) => (shownFor(fields).notional ? "notional" : "qty"),
  BAD_TIME_IN_FORCE: () => "time_in_force",
  PRICE_COLLAR: () => "limit_price",
};

/** The field that a rule of the trade is about; undefined where it is about the order as a whole. */
export const placeOf = (code: string, fields: Fields): keyof Fields | undefined => places[code]?.(fields);
