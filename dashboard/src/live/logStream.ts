import type { LogLine } from "../api/types";

/** Lines are handed on at most this often, in milliseconds: a talkative strategy must not keep the page busy. */
const handOnEvery = 100;

/** Lines held until then; what is more than that is in the list that the page reads itself. */
const mostHeld = 1_000;

export type StreamState = "connecting" | "live" | "ended";

interface Stream {
  close: () => void;
}

/**
 * Follows a session's log. The browser connects again by itself after a cut and goes on behind the last line it saw.
 * @param open Opens the stream; another one in tests.
 */
export function followLog(
  address: string,
  onLines: (lines: LogLine[]) => void,
  onState: (state: StreamState) => void,
  open: (address: string) => EventSource = (where) => new EventSource(where),
): Stream {
  const source = open(address);
  let held: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const handOn = (): void => {
    timer = undefined;
    const lines = held;
    held = [];
    if (!closed && lines.length > 0) {
      onLines(lines);
    }
  };

  source.addEventListener("open", () => onState("live"));
  source.addEventListener("error", () => onState("connecting"));
  source.addEventListener("log", (event) => {
    held.push(JSON.parse((event as MessageEvent<string>).data) as LogLine);
    if (held.length >= mostHeld) {
      clearTimeout(timer);
      handOn();
    } else {
      timer ??= setTimeout(handOn, handOnEvery);
    }
  });
  source.addEventListener("end", () => {
    // Closed here, or the browser would take the end for a cut and begin again.
    source.close();
    clearTimeout(timer);
    handOn();
    onState("ended");
  });

  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      source.close();
    },
  };
}
