/** What the gateway says on `/live`, as far as the page listens. docs/streams.md describes all of it. */
type LiveMessage =
  | ({ type: "event"; id: number } & LiveEvent)
  | { type: "subscribed"; lastEventId?: number }
  | { type: "closing"; retryAfterMs: number }
  | { type: "error"; code: string }
  | { type: "welcome" | "heartbeat" | "market" };

/** Something of the user's own that happened. */
export interface LiveEvent {
  kind: string;
  /** The session concerned, if any. */
  sessionId?: string;
}

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
  onEvent: (event: LiveEvent) => void;
  /** The gateway said anything. */
  onSign: () => void;
  /** Whether what happens is told now. */
  onStreaming: (isStreaming: boolean) => void;
  /** The sign-in that the connection lived by has ended. Says whether there is another, as after a change of the password. */
  isSignedIn: () => Promise<boolean>;
}

const channels = ["orders", "portfolio", "sessions", "alerts", "heartbeat"];

/** Milliseconds without a word after which a connection counts as dead, whatever the browser thinks of it: three heartbeats. */
const longestSilence = 6_000;

/** The sign-in is over: asking once more changes nothing unless there is another. */
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
  let reconnecting: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  const hear = (message: LiveMessage): void => {
    listener.onSign();
    switch (message.type) {
      case "subscribed":
        wait = firstWait;
        // The number asked for, or a lower one where that was never given out: the database was set back.
        lastEventId = message.lastEventId ?? lastEventId;
        listener.onStreaming(true);
        break;
      case "event":
        if (lastEventId === undefined || message.id > lastEventId) {
          lastEventId = message.id;
          listener.onEvent(message);
        }

        break;
      case "closing":
        retryAfter = message.retryAfterMs;
        break;
      case "error":
        // Nothing is subscribed then, though the connection stays.
        if (message.code === "temporarily-unavailable") {
          giveUp();
        }

        break;
      default:
        break;
    }
  };

  /** Lets go of the connection without waiting for the end of it, which on a dead line takes the browser minutes. */
  const leave = (): void => {
    clearTimeout(silence);
    const left = socket;
    socket = null;
    left?.close();
  };

  const giveUp = (): void => {
    leave();
    listener.onStreaming(false);
    reconnecting = setTimeout(open, retryAfter ?? wait * (0.7 + 0.6 * random()));
    retryAfter = null;
    wait = Math.min(wait * 2, longestWait);
  };

  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, longestSilence);
  };

  const open = (): void => {
    const opened = connect({
      onOpen: () =>
        opened.send(JSON.stringify({ action: "subscribe", channels, ...(lastEventId === undefined ? {} : { lastEventId }) })),
      onText: (text) => {
        if (socket === opened) {
          listen();
          hear(JSON.parse(text) as LiveMessage);
        }
      },
      onClose: (code) => {
        if (socket !== opened) {
          return;
        }

        if (code === signInFirst) {
          leave();
          listener.onStreaming(false);
          void listener.isSignedIn().then((again) => {
            if (again && !isOver) {
              giveUp();
            }
          });
        } else {
          giveUp();
        }
      },
    });
    socket = opened;
    listen();
  };

  open();
  return () => {
    isOver = true;
    clearTimeout(reconnecting);
    leave();
  };
}
