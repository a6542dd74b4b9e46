import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Problem } from "../api/problem";
import { meQuery } from "../api/queries";
import { setStreaming } from "./cadence";
import { noteAnswer } from "./linkStore";
import { makeRenewals } from "./renewals";
import { type LiveSocket, type SocketEars, openStream } from "./stream";
import { touchedBy } from "./touched";

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
    const renewals = makeRenewals(cache);
    const close = openStream(
      {
        onEvent: (event) => renewals.want(touchedBy(event)),
        onSign: noteAnswer,
        onStreaming: setStreaming,
        // Only the gateway's word that nobody is signed in ends it, and leads to the sign-in.
        isSignedIn: () =>
          cache.fetchQuery({ ...meQuery, staleTime: 0 }).then(
            () => true,
            (error: unknown) => !(error instanceof Problem && error.status === 401),
          ),
      },
      connectLive,
    );
    return () => {
      renewals.stop();
      setStreaming(false);
      close();
    };
  }, [cache]);
}
