import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { allSessions, openOrdersQuery, sessionLogs, sessionPerformance, sessionQuery, sessionSignals, sessionTrades } from "../api/queries";
import type { LiveEvent } from "./stream";
import { touchedBy } from "./touched";

const ofSession = (id: string) => ({
  [`${id}`]: sessionQuery(id).queryKey,
  [`${id} signals`]: sessionSignals(id).key,
  [`${id} trades`]: sessionTrades(id).key,
  [`${id} log`]: sessionLogs(id, "").key,
  [`${id} performance`]: sessionPerformance(id, "RUNNING").queryKey,
});

/** Which of the lists of two sessions an event has asked for again. */
function renewed(event: LiveEvent): string[] {
  const cache = new QueryClient();
  const keys = Object.entries({ ...ofSession("a"), ...ofSession("b"), sessions: allSessions.key, orders: openOrdersQuery.queryKey, trades: ["trades", { limit: 5 }] });
  keys.forEach(([, key]) => cache.setQueryData(key, {}));
  touchedBy(event).forEach((list) => void cache.invalidateQueries(list));
  return keys.filter(([, key]) => cache.getQueryState(key)?.isInvalidated).map(([name]) => name);
}

it("touches the session that an order or a fill belongs to, and the lists it is in", () => {
  expect(renewed({ kind: "order", sessionId: "a" })).toEqual(["a", "a signals", "sessions", "orders"]);
  expect(renewed({ kind: "fill", sessionId: "a" })).toEqual(["a", "a signals", "a trades", "sessions", "orders", "trades"]);
});

it("touches no session for what was ordered by hand", () => {
  expect(renewed({ kind: "fill" })).toEqual(["orders", "trades"]);
});

it("touches all of a session that has moved", () => {
  expect(renewed({ kind: "session", sessionId: "b" })).toEqual(["b", "b signals", "b trades", "b log", "b performance", "sessions"]);
});
