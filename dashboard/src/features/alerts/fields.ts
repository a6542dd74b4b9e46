import type { AlertPatch, AlertRule, NewAlert } from "../../api/types";
import { kindOf } from "./words";

/** What an alert's form holds. */
export interface Fields {
  name: string;
  kind: string;
  symbol: string;
  sessionId: string | null;
  level: string;
  hysteresis: string;
  repeats: string;
  coolDownSeconds: string;
  webhookIds: string[];
}

export const fieldsOf = (alert: AlertRule | null): Fields => ({
  name: alert?.name ?? "",
  kind: alert?.kind ?? "price_above",
  symbol: alert?.symbol ?? "",
  sessionId: alert?.sessionId ?? null,
  level: alert?.level ?? "",
  hysteresis: alert?.hysteresis ?? "",
  repeats: alert?.repeats ? "every" : "once",
  coolDownSeconds: String(alert?.coolDownSeconds ?? 60),
  webhookIds: alert?.webhookIds ?? [],
});

/** Which fields a kind of alert has. The others are not shown, and what was once typed there is neither judged nor sent. */
export function shownFor({ kind, repeats }: Pick<Fields, "kind" | "repeats">) {
  const { about, level } = kindOf(kind) ?? {};
  return { symbol: about === "symbol", session: about === "session", level: level !== undefined, coolDown: level !== undefined && repeats === "every" };
}

const decimal = /^-?\d+(\.\d+)?$/;

/** What is wrong with the fields that are shown. */
export const faultsOf = (isNew: boolean) => ({
  name: (value: string) => (value.trim() === "" ? "Give it a name." : null),
  symbol: (value: string, fields: Fields) => (shownFor(fields).symbol && value.trim() === "" ? "Write a symbol, like SPY or BTC/USD." : null),
  level: (value: string, fields: Fields) => (shownFor(fields).level && !decimal.test(value.trim()) ? "Write a number, like 187.50." : null),
  hysteresis: (value: string, fields: Fields) =>
    !shownFor(fields).level || decimal.test(value.trim()) ? null
    : !isNew ? "Write a number."
    : value.trim() === "" ? null
    : "Write a number, or nothing.",
  coolDownSeconds: (value: string, fields: Fields) => (!shownFor(fields).coolDown || /^\d+$/.test(value.trim()) ? null : "Write whole seconds."),
});

const common = (fields: Fields) => ({
  name: fields.name.trim(),
  repeats: fields.repeats === "every",
  ...(shownFor(fields).coolDown ? { coolDownSeconds: Number(fields.coolDownSeconds) } : {}),
  webhookIds: fields.webhookIds,
});

export const newAlertOf = (fields: Fields): NewAlert => {
  const shown = shownFor(fields);
  const hysteresis = fields.hysteresis.trim();
  return {
    ...common(fields),
    kind: fields.kind,
    ...(shown.level ? { level: fields.level.trim() } : {}),
    ...(shown.level && hysteresis !== "" ? { hysteresis } : {}),
    ...(shown.symbol ? { symbol: fields.symbol.trim().toUpperCase() } : {}),
    ...(shown.session ? { sessionId: fields.sessionId } : {}),
  };
};

/** A level that stays is not sent: the alert would begin anew. How far to come back, neither: one that the level chose goes with the level. */
export const patchOf = (fields: Fields, alert: AlertRule): AlertPatch => {
  const { level } = shownFor(fields);
  return {
    ...common(fields),
    ...(level && fields.level.trim() !== alert.level ? { level: fields.level.trim() } : {}),
    ...(level && fields.hysteresis.trim() !== alert.hysteresis ? { hysteresis: fields.hysteresis.trim() } : {}),
  };
};
