import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type CursorList, withNewest } from "./cursorList";
import type { Page } from "./types";
import { useCursorList } from "./useCursorList";

interface Row {
  id: string;
  state: string;
}

type Read = (query: { limit: number; cursor?: string }) => Promise<Page<Row>>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const rows = (ids: string, state = "open"): Row[] => [...ids].map((id) => ({ id, state }));

function listOf(read: Read, client = new QueryClient({ defaultOptions: { queries: { retry: false } } })) {
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const source = { key: ["rows"], keyOf: ({ id }: Row) => id, pageSize: 2, read, cadence: { refetchInterval: 1_000, staleTime: 900 } };
  return renderHook(() => useCursorList(source), { wrapper }).result;
}

const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

it("reads older rows again after a while, so that they do not stay as they once were", async () => {
  let state = "open";
  const read = vi.fn<Read>(({ limit, cursor }) => {
    const all = rows("dcba", state);
    const from = cursor === undefined ? 0 : Number(cursor);
    return Promise.resolve({ items: all.slice(from, from + limit), nextCursor: from + limit < all.length ? String(from + limit) : null });
  });
  const list = listOf(read);
  await after(1);
  act(() => list.current.older.load?.());
  await after(1);
  expect(list.current.query.data?.items).toHaveLength(4);

  await after(3_000);
  state = "filled";
  await after(16_000);
  expect(list.current.query.data?.items.map((row) => row.state)).toEqual(["filled", "filled", "filled", "filled"]);
  expect(read.mock.calls.filter(([{ limit }]) => limit === 4)).toHaveLength(2);
});

it("says when older rows did not come, and asks for them again", async () => {
  const older = vi.fn<() => Promise<Page<Row>>>().mockRejectedValueOnce(new Error("gone")).mockResolvedValue({ items: rows("ba"), nextCursor: null });
  const list = listOf(({ cursor }) => (cursor === undefined ? Promise.resolve({ items: rows("dc"), nextCursor: "c" }) : older()));
  await after(1);
  act(() => list.current.older.load?.());
  await after(1);
  expect(list.current.older.error?.message).toBe("gone");

  act(() => list.current.older.load?.());
  await after(1);
  expect(list.current.older.error).toBeNull();
  expect(list.current.query.data?.items.map(({ id }) => id).join("")).toBe("dcba");
});

it("keeps rows that came while its head was read", async () => {
  const answers: ((page: Page<Row>) => void)[] = [];
  const client = new QueryClient();
  const list = listOf(() => new Promise((resolve) => answers.push(resolve)), client);
  answers[0]?.({ items: rows("ba"), nextCursor: null });
  await after(1_100);
  act(() => {
    client.setQueryData<CursorList<Row>>(["rows"], (known) => known && withNewest(known, rows("dc"), ({ id }) => id));
  });
  answers[1]?.({ items: rows("cba"), nextCursor: null });
  await after(1);

  expect(list.current.query.data?.items.map(({ id }) => id).join("")).toBe("dcba");
});

it("drops an older page of a list that started anew meanwhile", async () => {
  let head: Page<Row> = { items: rows("dc"), nextCursor: "c" };
  const answers: ((page: Page<Row>) => void)[] = [];
  const list = listOf(({ cursor }) => (cursor === undefined ? Promise.resolve(head) : new Promise((resolve) => answers.push(resolve))));
  await after(1);
  act(() => list.current.older.load?.());
  head = { items: rows("zy"), nextCursor: "y" };
  await after(1_100);
  answers[0]?.({ items: rows("ba"), nextCursor: null });
  await after(1);

  expect(list.current.query.data?.items.map(({ id }) => id).join("")).toBe("zy");
});
