import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type LiveSocket, type SocketEars, openStream } from "./stream";

class FakeSocket implements LiveSocket {
  readonly said: unknown[] = [];
  closed = false;

  constructor(readonly ears: SocketEars) {}

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
    this.ears.onClose(1000);
  }

  hear(message: object): void {
    this.ears.onText(JSON.stringify(message));
  }
}

function start(isSignedIn = false) {
  const sockets: FakeSocket[] = [];
  const kinds: string[] = [];
  const streaming: boolean[] = [];
  const stop = openStream(
    {
      onEvent: ({ kind }) => kinds.push(kind),
      onSign: () => undefined,
      onStreaming: (is) => streaming.push(is),
      isSignedIn: () => Promise.resolve(isSignedIn),
    },
    (ears) => {
      const socket = new FakeSocket(ears);
      sockets.push(socket);
      return socket;
    },
    () => 0.5,
  );
  const last = () => sockets[sockets.length - 1] as FakeSocket;
  return { sockets, kinds, streaming, stop, last };
}

describe("the stream of one's own events", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("begins now and goes on where it stopped", () => {
    const { last, kinds, sockets } = start();
    last().ears.onOpen();
    last().hear({ type: "subscribed", lastEventId: 7 });
    last().hear({ type: "event", id: 8, kind: "fill" });
    last().ears.onClose(1006);
    vi.advanceTimersByTime(500);
    last().ears.onOpen();
    last().hear({ type: "subscribed", lastEventId: 8 });
    last().hear({ type: "event", id: 8, kind: "fill" });
    last().hear({ type: "event", id: 9, kind: "order" });

    expect(sockets).toHaveLength(2);
    expect(last().said).toEqual([expect.objectContaining({ action: "subscribe", lastEventId: 8 })]);
    expect(kinds).toEqual(["fill", "order"]);
  });

  it("waits as long as a stopping gateway asks, and longer each time nobody answers", () => {
    const { last, sockets } = start();
    last().hear({ type: "closing", retryAfterMs: 1_200 });
    last().ears.onClose(1001);
    vi.advanceTimersByTime(1_199);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    last().ears.onClose(1006);
    vi.advanceTimersByTime(999);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
  });

  it("says whether it streams, and does not knock where nobody is signed in", async () => {
    const { last, streaming, sockets } = start();
    last().hear({ type: "subscribed", lastEventId: 0 });
    last().ears.onClose(4401);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(streaming).toEqual([true, false]);
    expect(sockets).toHaveLength(1);
  });

  it("goes on under a new sign-in when the one it lived by has ended", async () => {
    const { last, sockets } = start(true);
    last().hear({ type: "subscribed", lastEventId: 7 });
    last().ears.onClose(4401);
    await vi.advanceTimersByTimeAsync(500);
    last().ears.onOpen();

    expect(sockets).toHaveLength(2);
    expect(last().said).toEqual([expect.objectContaining({ action: "subscribe", lastEventId: 7 })]);
  });

  it("does not go on after it was left, whoever is signed in", async () => {
    const { last, sockets, stop } = start(true);
    last().ears.onClose(4401);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(sockets).toHaveLength(1);
  });

  it("connects again when events can't be read: the connection would stay, with nothing subscribed", () => {
    const { last, streaming, sockets } = start();
    const first = last();
    first.ears.onOpen();
    first.hear({ type: "error", code: "temporarily-unavailable", message: "Ask again shortly." });
    expect(first.closed).toBe(true);
    vi.advanceTimersByTime(500);
    last().ears.onOpen();
    last().hear({ type: "subscribed", lastEventId: 3 });

    expect(sockets).toHaveLength(2);
    expect(streaming.at(-1)).toBe(true);
  });

  it("goes back to where a gateway that was set back is", () => {
    const { last, kinds } = start();
    last().hear({ type: "subscribed", lastEventId: 700 });
    last().ears.onClose(1006);
    vi.advanceTimersByTime(500);
    last().hear({ type: "error", code: "unknown-event", message: "There is no event 700 yet." });
    last().hear({ type: "subscribed", lastEventId: 12 });
    last().hear({ type: "event", id: 13, kind: "order" });

    expect(kinds).toEqual(["order"]);
  });

  it("takes six seconds of silence for a dead line, and listens to it no more", () => {
    const { last, kinds, streaming, sockets } = start();
    const first = last();
    first.hear({ type: "subscribed", lastEventId: 0 });
    vi.advanceTimersByTime(5_999);
    first.hear({ type: "heartbeat", lastEventId: 0 });
    vi.advanceTimersByTime(5_999);
    expect(streaming).toEqual([true]);
    vi.advanceTimersByTime(1);
    expect(streaming).toEqual([true, false]);
    expect(first.closed).toBe(true);

    vi.advanceTimersByTime(500);
    first.hear({ type: "event", id: 1, kind: "order" });
    expect(sockets).toHaveLength(2);
    expect(kinds).toEqual([]);
  });

  it("ends when it is told to", () => {
    const { last, stop, sockets } = start();
    stop();
    vi.advanceTimersByTime(60_000);

    expect(last().closed).toBe(true);
    expect(sockets).toHaveLength(1);
  });
});
