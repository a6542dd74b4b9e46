/** What the gateway says on `/live`, as far as the page listens. docs/streams.md describes all of it. */
type LiveMessage =
  | { type: "event"; id: number; kind: string }
  | { type: "subscribed"; lastEventId?: number }
  | { type: "closing"; retryAfterMs: number }
  | { type: "welcome" | "heartbeat" | "error" | "market" };

/** The part of a WebSocket that is used, so that a test can stand in for it. */
export interface LiveSocket {
  send(text: string): void;
  close(): void;
}

/** Told of what becomes of a socket. */
export interface SocketEars {
  onOpen: () => void;
  onText: (text: string) => void;
  onClose: (code: number) => void;
}

export interface LiveListener {
  /** Something of the user's own happened. */
  onEvent: (kind: string) => void;
  /** The gateway said anything. */
  onSign: () => void;
  /** Whether what happens is told now. */
  onStreaming: (isStreaming: boolean) => void;
}

const channels = ["orders", "portfolio", "sessions", "alerts", "heartbeat"];

/** Sign in again: asking once more would change nothing. */
const signInFirst = 4401;

/** Milliseconds before the first attempt to connect again, and the most between two. */
const firstWait = 500;
const longestWait = 15_000;

/**
 * The user's own events, from when it is opened until it is closed: each once and in order, across any number of connections.
 * @param connect Opens a socket.
 * @param random From 0 to 1; spreads those who come back at once.
 */
export function openStream(listener: LiveListener, connect: (ears: SocketEars) => LiveSocket, random: () => number = Math.random): () => void {
  let socket: LiveSocket | null = null;
  let lastEventId: number | undefined;
  let wait = firstWait;
  let retryAfter: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  const hear = (message: LiveMessage): void => {
    listener.onSign();
    switch (message.type) {
      case "subscribed":
        wait = firstWait;
        lastEventId ??= message.lastEventId;
        listener.onStreaming(true);
        break;
      case "event":
        if (lastEventId === undefined || message.id > lastEventId) {
          lastEventId = message.id;
          listener.onEvent(message.kind);
        }

        break;
      case "closing":
        retryAfter = message.retryAfterMs;
        break;
      default:
        break;
    }
  };

  const open = (): void => {
    socket = connect({
      onOpen: () =>
        socket?.send(JSON.stringify({ action: "subscribe", channels, ...(lastEventId === undefined ? {} : { lastEventId }) })),
      onText: (text) => hear(JSON.parse(text) as LiveMessage),
      onClose: (code) => {
        if (isOver) {
          return;
        }

        listener.onStreaming(false);
        if (code !== signInFirst) {
          timer = setTimeout(open, retryAfter ?? wait * (0.7 + 0.6 * random()));
          retryAfter = null;
          wait = Math.min(wait * 2, longestWait);
        }
      },
    });
  };

  open();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket?.close();
  };
}
