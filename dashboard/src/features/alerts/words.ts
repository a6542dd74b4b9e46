import type { AlertRule } from "../../api/types";
import { durationText, nothing, priceText, signedMoneyText } from "../../lib/fmt";

export interface Kind {
  value: string;
  label: string;
  /** Label of its level; undefined for what simply happens. */
  level?: string;
  /** What it may be about besides the account. */
  about: "symbol" | "session" | "nothing";
  says: string;
  admin?: boolean;
}

/** What an alert can wait for, in the order in which it is offered. */
export const kinds: readonly Kind[] = [
  { value: "price_above", label: "Price rises above", level: "Price (USD)", about: "symbol", says: "Fires when the last price reaches the level from below." },
  { value: "price_below", label: "Price falls below", level: "Price (USD)", about: "symbol", says: "Fires when the last price reaches the level from above." },
  { value: "price_crosses", label: "Price crosses", level: "Price (USD)", about: "symbol", says: "Fires when the last price crosses the level, either way." },
  { value: "pnl_above", label: "Gain above", level: "Gain (USD)", about: "session", says: "The account's gain since the market's day began (UTC), or a session's since it started." },
  { value: "pnl_below", label: "Gain below", level: "Gain (USD)", about: "session", says: "The account's gain since the market's day began (UTC), or a session's since it started. A loss is below zero." },
  { value: "drawdown", label: "Drawdown above (USD)", level: "Below the highest (USD)", about: "session", says: "How far the account's equity, or a session's gain, is below its highest." },
  { value: "drawdown_percent", label: "Drawdown above (%)", level: "Below the highest (%)", about: "nothing", says: "How far the account's equity is below its highest, in percent of it." },
  { value: "session_failed", label: "A session fails", about: "session", says: "Fires once for each session that fails." },
  { value: "reconciliation_drift", label: "Books and broker differ", about: "nothing", says: "Fires once for each difference that nothing explains.", admin: true },
];

export const kindOf = (value: string): Kind | undefined => kinds.find((kind) => kind.value === value);

/** What an alert waits for, in a line. */
export function conditionText({ kind, symbol, sessionId, level }: Pick<AlertRule, "kind" | "symbol" | "sessionId" | "level">): string {
  const of = sessionId === null ? "" : ", one session";
  switch (kind) {
    case "price_above":
      return `${symbol} above ${priceText(level ?? "0")}`;
    case "price_below":
      return `${symbol} below ${priceText(level ?? "0")}`;
    case "price_crosses":
      return `${symbol} crosses ${priceText(level ?? "0")}`;
    case "pnl_above":
      return `Gain above ${signedMoneyText(level ?? "0")}${of}`;
    case "pnl_below":
      return `Gain below ${signedMoneyText(level ?? "0")}${of}`;
    case "drawdown":
      return `Drawdown above $${priceText(level ?? "0")}${of}`;
    case "drawdown_percent":
      return `Drawdown above ${level ?? nothing} %`;
    case "session_failed":
      return sessionId === null ? "Any session fails" : "One session fails";
    case "reconciliation_drift":
      return "Books and broker differ";
    default:
      return kind;
  }
}

/** How often it fires. */
export const rhythmText = ({ repeats, coolDownSeconds }: Pick<AlertRule, "repeats" | "coolDownSeconds">): string =>
  !repeats ? "once" : coolDownSeconds === 0 ? "every time" : `every time, ${durationText(coolDownSeconds * 1000)} apart`;
