import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogLine } from "../api/types";
import { type StreamState, followLog } from "./logStream";

class Source extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(name: string, data?: unknown): void {
    this.dispatchEvent(data === undefined ? new Event(name) : new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const line = (id: number): LogLine => ({ id, at: "2024-03-05T15:00:00Z", level: "info", message: `line ${id}` });

describe("a followed log", () => {
  const source = { current: new Source() };
  const lines: number[][] = [];
  const states: StreamState[] = [];
  const follow = () =>
    followLog(
      "/log",
      (got) => lines.push(got.map(({ id }) => id)),
      (state) => states.push(state),
      () => (source.current = new Source()) as unknown as EventSource,
    );

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    lines.length = 0;
    states.length = 0;
  });

  it("hands lines on together", () => {
    follow();
    source.current.say("open");
    source.current.say("log", line(1));
    source.current.say("log", line(2));
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(lines).toEqual([[1, 2]]);
    expect(states).toEqual(["live"]);
  });

  it("says when it is cut and ends with the session, with its last lines", () => {
    follow();
    source.current.say("error");
    source.current.say("log", line(3));
    source.current.say("end", { status: "STOPPED" });
    expect(lines).toEqual([[3]]);
    expect(states).toEqual(["connecting", "ended"]);
    expect(source.current.closed).toBe(true);
  });

  it("is asked for again after a refusal, less and less often", () => {
    follow();
    const refuse = () => {
      source.current.readyState = 2;
      source.current.say("error");
    };
    const asked = (milliseconds: number): boolean => {
      const before = source.current;
      vi.advanceTimersByTime(milliseconds);
      return source.current !== before;
    };

    refuse();
    expect(asked(1_999)).toBe(false);
    expect(asked(1)).toBe(true);
    refuse();
    expect(asked(3_999)).toBe(false);
    expect(asked(1)).toBe(true);
    source.current.say("open");
    source.current.say("log", line(5));
    vi.advanceTimersByTime(100);

    expect(lines).toEqual([[5]]);
    expect(states).toEqual(["refused", "refused", "live"]);
  });

  it("is not asked for again once it is left", () => {
    const stream = follow();
    source.current.readyState = 2;
    source.current.say("error");
    const refused = source.current;
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(source.current).toBe(refused);
  });

  it("is silent once it is left", () => {
    const stream = follow();
    source.current.say("log", line(4));
    stream.close();
    vi.advanceTimersByTime(1_000);
    expect(lines).toEqual([]);
    expect(source.current.closed).toBe(true);
  });
});
