import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogLine, Session } from "../../api/types";
import { turn } from "../../testing/visibility";
import { useSessionLog } from "./useSessionLog";

class Source extends EventTarget {
  static readonly made: Source[] = [];
  readonly CLOSED = 2;
  readyState = 0;

  constructor() {
    super();
    Source.made.push(this);
  }

  close(): void {
    this.readyState = 2;
  }

  refuse(): void {
    this.readyState = 2;
    this.dispatchEvent(new Event("error"));
  }

  say(message: LogLine): void {
    this.dispatchEvent(new MessageEvent("log", { data: JSON.stringify(message) }));
  }
}

const line = (id: number): LogLine => ({ id, at: "2024-03-05T15:00:00Z", level: "info", message: `line ${id}` });
const newest = () => Source.made.at(-1) as Source;
const open = () => Source.made.filter(({ readyState }) => readyState !== 2);
const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

let stored: LogLine[] = [];
let nextCursor: string | null = null;
const read = vi.fn<() => Promise<Response>>(() =>
  Promise.resolve(new Response(JSON.stringify({ items: stored, nextCursor }), { headers: { "Content-Type": "application/json" } })),
);

beforeEach(() => {
  vi.useFakeTimers();
  nextCursor = null;
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("fetch", read);
  turn("visible");
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  Source.made.length = 0;
});

function log() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(() => useSessionLog({ id: "7", status: "RUNNING" } as Session, ""), { wrapper }).result;
}

const numbers = (list: ReturnType<typeof log>) => list.current.query.data?.items.map(({ id }) => id);

describe("the log of a running session", () => {
  it("is followed only while its page is in sight, and read again when it comes back", async () => {
    stored = [line(1)];
    const list = log();
    await after(10);
    expect(open()).toHaveLength(1);

    turn("hidden");
    expect(open()).toHaveLength(0);

    stored = [line(3), line(2), line(1)];
    turn("visible");
    expect(open()).toHaveLength(1);
    act(() => {
      newest().dispatchEvent(new Event("open"));
      newest().say(line(4));
    });
    await after(200);

    expect(numbers(list)).toEqual([4, 3, 2, 1]);
    expect(list.current.state).toBe("live");
  });

  it("stays in order when its stream begins further back than the page that was read", async () => {
    stored = [line(2), line(1)];
    nextCursor = "older";
    const list = log();
    await after(10);
    turn("hidden");
    stored = [line(12), line(11)];
    turn("visible");
    act(() => {
      newest().dispatchEvent(new Event("open"));
      [10, 11, 12, 13].forEach((id) => newest().say(line(id)));
    });
    await after(200);

    expect(numbers(list)).toEqual([13, 12, 11]);
  });

  it("can be cut where it was read last, however much is followed", async () => {
    stored = [line(1)];
    nextCursor = "before 1";
    const list = log();
    await after(10);
    act(() => newest().dispatchEvent(new Event("open")));
    for (let id = 2; id <= 2_600; id++) {
      newest().say(line(id));
      if (id % 100 === 0) {
        stored = [line(id), line(id - 1)];
        nextCursor = `before ${id - 1}`;
        await after(200);
      }
    }

    expect(list.current.query.data?.items[0]?.id).toBe(2_600);
    expect(list.current.query.data?.items.length).toBeGreaterThan(1_000);
    expect(list.current.query.data?.nextCursor).toBe(`before ${list.current.query.data?.items.at(-1)?.id}`);
  });

  it("is read every few seconds while the stream is refused, and no more once it is there", async () => {
    stored = [line(1)];
    const list = log();
    await after(10);
    act(() => newest().refuse());
    stored = [line(2), line(1)];
    await after(4_100);
    expect(list.current.state).toBe("refused");
    expect(numbers(list)).toEqual([2, 1]);

    act(() => newest().dispatchEvent(new Event("open")));
    await after(10);
    const asked = read.mock.calls.length;
    await after(60_000);
    expect(list.current.state).toBe("live");
    expect(read.mock.calls.length).toBe(asked);
  });
});
