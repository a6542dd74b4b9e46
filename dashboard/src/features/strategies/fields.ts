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
