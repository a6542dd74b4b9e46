import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type CursorList, withNewest } from "../../api/cursorList";
import { sessionLogs } from "../../api/queries";
import type { LogLine, Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { isMoving } from "../../lib/status";
import { type StreamState, followLog } from "../../live/logStream";

/** Lines of a level and above; every line where there is none. */
export type LogLevel = "" | "info" | "warning" | "error";

/** A session's log: what is there is read, what comes is followed while the session moves. */
export function useSessionLog(session: Session, level: LogLevel) {
  const cache = useQueryClient();
  const source = sessionLogs(session.id, level);
  const list = useCursorList(source);
  const moves = isMoving(session.status);
  const [state, setState] = useState<StreamState>("connecting");
  const isRead = list.query.data !== undefined;
  const keyText = source.key.join("/");

  useEffect(() => {
    // Followed once the page was read, so that lines are put in front of something.
    if (!moves || !isRead || typeof EventSource === "undefined") {
      return;
    }

    const query = level === "" ? "" : `&level=${level}`;
    const stream = followLog(
      `/api/sessions/${session.id}/logs?follow=true&limit=100${query}`,
      (lines) =>
        cache.setQueryData<CursorList<LogLine>>(source.key, (known) =>
          known === undefined ? known : withNewest(known, lines.toReversed(), source.keyOf),
        ),
      setState,
    );
    return stream.close;
    // The source is new on every render; its key is what this follows.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [cache, moves, isRead, level, session.id, keyText]);

  return { ...list, state: moves ? state : "ended" };
}
