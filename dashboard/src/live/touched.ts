import type { QueryFilters } from "@tanstack/react-query";
import { ordersKey, sessionLists } from "../api/queries";
import type { LiveEvent } from "./stream";

const lists = (...keys: (readonly unknown[])[]): QueryFilters[] => keys.map((queryKey) => ({ queryKey }));

/**
 * What an event may have changed, to be asked for at once, whatever its cadence. Of a session that is itself and its orders; its log, its
 * performance and its notes keep their own pace, except where the session itself has moved: then they may have come to their end.
 */
export function touchedBy({ kind, sessionId }: LiveEvent): readonly QueryFilters[] {
  switch (kind) {
    case "order":
      return [...lists(["portfolio"], ordersKey), ...ofSession(sessionId, "signals")];
    case "fill":
      return [...lists(["portfolio"], ordersKey, ["trades"]), ...ofSession(sessionId, "signals", "trades")];
    case "portfolio":
      return lists(["portfolio"], ["trades"]);
    case "session":
      return lists(sessionLists, ["strategies"], ...(sessionId === undefined ? [] : [["sessions", sessionId]]));
    case "alert":
      return lists(["alerts"]);
    default:
      return [];
  }
}

/** A session's own figures, some of its lists, and the lists it is in. An order given by hand belongs to none. */
const ofSession = (id: string | undefined, ...own: string[]): QueryFilters[] =>
  id === undefined
    ? []
    : [...lists(["signals"], sessionLists, ...own.map((name) => ["sessions", id, name])), { queryKey: ["sessions", id], exact: true }];
