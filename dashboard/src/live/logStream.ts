import type { LogLine } from "../api/types";

/** Lines are handed on at most this often, in milliseconds: a talkative strategy must not keep the page busy. */
const handOnEvery = 100;

/** Lines held until then; what is more than that is in the list that the page reads itself. */
const mostHeld = 1_000;

/** Milliseconds before a refused stream is asked for again: first, and at most. */
const firstWait = 2_000;
const longestWait = 30_000;

/** `refused`: the gateway did not give the stream, and is asked again now and then. */
export type StreamState = "connecting" | "live" | "refused" | "ended";

interface Stream {
  close: () => void;
}

/**
 * Follows a session's log. After a cut the browser connects again by itself and goes on behind the last line it saw; after a refusal
 * (too many streams, a gateway that is not ready) it gives up for good, so then another stream is opened.
 * @param open Opens the stream; another one in tests.
 */
export function followLog(
  address: string,
  onLines: (lines: LogLine[]) => void,
  onState: (state: StreamState) => void,
  open: (address: string) => EventSource = (where) => new EventSource(where),
): Stream {
  let held: LogLine[] = [];
  let handingOn: ReturnType<typeof setTimeout> | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let wait = firstWait;
  let closed = false;

  const handOn = (): void => {
    handingOn = undefined;
    const lines = held;
    held = [];
    if (!closed && lines.length > 0) {
      onLines(lines);
    }
  };

  const begin = (): EventSource => {
    const source = open(address);
    source.addEventListener("open", () => {
      wait = firstWait;
      onState("live");
    });
    source.addEventListener("error", () => {
      if (source.readyState !== source.CLOSED) {
        onState("connecting");
        return;
      }

      onState("refused");
      reopening = setTimeout(() => {
        current = begin();
      }, wait);
      wait = Math.min(wait * 2, longestWait);
    });
    source.addEventListener("log", (event) => {
      held.push(JSON.parse((event as MessageEvent<string>).data) as LogLine);
      if (held.length >= mostHeld) {
        clearTimeout(handingOn);
        handOn();
      } else {
        handingOn ??= setTimeout(handOn, handOnEvery);
      }
    });
    source.addEventListener("end", () => {
      // Closed here, or the browser would take the end for a cut and begin again.
      source.close();
      clearTimeout(handingOn);
      handOn();
      onState("ended");
    });
    return source;
  };

  let current = begin();
  return {
    close: () => {
      closed = true;
      clearTimeout(handingOn);
      clearTimeout(reopening);
      current.close();
    },
  };
}
