import type { Strategy } from "../../api/types";
import { templates } from "./templates";

/** What a strategy's form holds. */
export interface Fields {
  name: string;
  language: string;
  symbol: string;
  code: string;
}

const required = (what: string) => (value: string) => (value.trim() === "" ? what : null);

export const faults = {
  name: required("Give it a name."),
  symbol: required("Write a symbol, like SPY or BTC/USD."),
  code: required("A strategy needs code."),
};

/** A strategy as the form shows it; a new one begins as a template. */
export const fieldsOf = (strategy: Strategy | null): Fields => ({
  name: strategy?.name ?? "",
  language: strategy?.language ?? "csharp",
  symbol: strategy?.symbol ?? "SPY",
  code: strategy?.code ?? templates["csharp"] ?? "",
});

/** As it is sent: spaces around a name or a symbol mean nothing, and symbols are written in capitals. */
export const tidied = ({ name, symbol, ...rest }: Fields): Fields => ({ ...rest, name: name.trim(), symbol: symbol.trim().toUpperCase() });

const names = ["name", "language", "symbol", "code"] as const;

export const same = (one: Fields, other: Fields): boolean => names.every((name) => one[name] === other[name]);

/** Only what differs is sent, so that a field left alone here keeps what it got elsewhere. */
export const changesOf = (from: Fields, to: Fields): Partial<Fields> =>
  Object.fromEntries(names.filter((name) => from[name] !== to[name]).map((name) => [name, to[name]]));

/** The form after a save: what was typed since it was sent stays, all else is as it was saved. */
export const withTypedSince = (sent: Fields, typed: Fields, saved: Fields): Fields => ({ ...saved, ...changesOf(sent, typed) });
