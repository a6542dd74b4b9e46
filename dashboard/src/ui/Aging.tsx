import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTimed } from "../lib/useNow";
import { staleAfter } from "../live/cadence";
import classes from "./Aging.module.css";

/** How old a polled query's data is, in words, once it is older than live data gets; null until then. */
export const useAge = ({ data, dataUpdatedAt }: UseQueryResult, after = staleAfter): string | null =>
  useTimed(1_000, (now) => (data !== undefined && now - dataUpdatedAt > after ? `${Math.floor((now - dataUpdatedAt) / 1000)} s old` : null));

export function AgeText({ age }: { age: string | null }) {
  return age === null ? null : <span className={classes.age}>{age}</span>;
}

/** Values that fade when they are no longer live: a block of them, or one within a line. */
export function Aging({ age, inline = false, children }: { age: string | null; inline?: boolean; children: ReactNode }) {
  const Box = inline ? "span" : "div";
  return <Box className={age === null ? undefined : classes.stale}>{children}</Box>;
}
