import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { setStreaming } from "./cadence";
import { noteAnswer } from "./linkStore";
import { type LiveSocket, type SocketEars, openStream } from "./stream";

/** Lists that an event may have changed, by its kind. Each is asked for again at once, whatever its cadence. */
const touchedBy: Record<string, readonly string[]> = {
  order: ["portfolio", "signals", "sessions"],
  fill: ["portfolio", "trades", "signals", "sessions"],
  portfolio: ["portfolio", "trades"],
  session: ["sessions", "strategies"],
  alert: ["alerts"],
};

/** Milliseconds in which events are taken together: an order's first answer and its fill often come at once. */
const together = 100;

function connectLive(ears: SocketEars): LiveSocket {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.addEventListener("open", ears.onOpen);
  socket.addEventListener("message", ({ data }) => ears.onText(String(data)));
  socket.addEventListener("close", ({ code }) => ears.onClose(code));
  return socket;
}

/** Keeps the page's lists up with what happens, while the page is up. */
export function useStream(): void {
  const cache = useQueryClient();
  useEffect(() => {
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const renew = (): void => {
      timer = undefined;
      for (const key of touched) {
        void cache.invalidateQueries({ queryKey: [key] });
      }

      touched.clear();
    };

    const close = openStream(
      {
        onEvent: (kind) => {
          touchedBy[kind]?.forEach((key) => touched.add(key));
          timer ??= setTimeout(renew, together);
        },
        onSign: noteAnswer,
        onStreaming: setStreaming,
      },
      connectLive,
    );
    return () => {
      clearTimeout(timer);
      setStreaming(false);
      close();
    };
  }, [cache]);
}
