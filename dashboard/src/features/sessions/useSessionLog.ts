import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type CursorList, withNewest } from "../../api/cursorList";
import { sessionLogs } from "../../api/queries";
import type { LogLine, Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { isMoving } from "../../lib/status";
import { useIsVisible } from "../../lib/useIsVisible";
import { everyFewSeconds } from "../../live/cadence";
import { type StreamState, followLog } from "../../live/logStream";

/** Lines of a level and above; every line where there is none. */
export type LogLevel = "" | "info" | "warning" | "error";

/** Lines that are followed before the list is read again: where it ends is where an overlong log can be cut. */
const readAgainAfter = 500;

/** A session's log: what is there is read, what comes is followed while the session moves, and read now and then while it can't be followed. */
export function useSessionLog(session: Session, level: LogLevel) {
  const cache = useQueryClient();
  const source = sessionLogs(session.id, level);
  const moves = isMoving(session.status);
  // A stream holds one of the few connections that a browser has to one host, over all its tabs: those out of sight go without.
  const isFollowed = useIsVisible() && moves && typeof EventSource !== "undefined";
  const [state, setState] = useState<StreamState>("connecting");
  const list = useCursorList({ ...source, cadence: moves && state !== "live" ? everyFewSeconds : undefined });
  const keyText = source.key.join("/");

  useEffect(() => {
    if (!isFollowed) {
      return undefined;
    }

    // Read once the stream is open, and before its lines are put in front: what was written in between is in one of the two.
    const read = () => cache.refetchQueries({ queryKey: source.key, exact: true }, { cancelRefetch: false });
    let reading: Promise<unknown> = Promise.resolve();
    let followed = 0;
    const query = level === "" ? "" : `&level=${level}`;
    const stream = followLog(
      `/api/sessions/${session.id}/logs?follow=true&limit=100${query}`,
      (lines) => {
        reading = reading.then(() =>
          cache.setQueryData<CursorList<LogLine>>(source.key, (known) => (known === undefined ? known : withLines(known, lines))),
        );
        followed += lines.length;
        if (followed >= readAgainAfter) {
          followed = 0;
          reading = reading.then(read);
        }
      },
      (next) => {
        setState(next);
        if (next === "live") {
          reading = reading.then(read);
        }
      },
    );
    return () => {
      stream.close();
      setState("connecting");
    };
    // The source is new on every render; its key is what this follows.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [cache, isFollowed, level, session.id, keyText]);

  return { ...list, state: moves ? state : "ended" };
}

/** A stream begins with lines that the list may have already, and with older ones than it has where it is new. */
function withLines(list: CursorList<LogLine>, lines: readonly LogLine[]): CursorList<LogLine> {
  const newest = list.items[0]?.id ?? 0;
  return withNewest(list, lines.filter(({ id }) => id > newest).toReversed(), ({ id }) => String(id));
}
