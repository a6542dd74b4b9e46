import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeRenewals } from "./renewals";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const portfolio = [{ queryKey: ["portfolio"] }];

/** A list on the screen whose reads each take a while. */
function shown(takes: number) {
  const cache = new QueryClient();
  let begun = 0;
  let cut = 0;
  const observer = new QueryObserver(cache, {
    queryKey: ["portfolio"],
    networkMode: "always",
    queryFn: ({ signal }) => {
      const number = ++begun;
      signal.addEventListener("abort", () => cut++);
      return new Promise<number>((resolve) => setTimeout(() => resolve(number), takes));
    },
  });
  observer.subscribe(() => undefined);
  return { cache, poll: () => void observer.refetch(), begun: () => begun, cut: () => cut, value: () => observer.getCurrentResult().data };
}

it("asks once for what comes together", async () => {
  const list = shown(10);
  const renewals = makeRenewals(list.cache);
  await vi.advanceTimersByTimeAsync(20);
  renewals.want(portfolio);
  await vi.advanceTimersByTimeAsync(400);
  renewals.want(portfolio);
  await vi.advanceTimersByTimeAsync(5_000);

  expect(list.begun()).toBe(2);
});

it("lets a read finish that is under way, and then reads once more", async () => {
  const list = shown(3_000);
  const renewals = makeRenewals(list.cache);
  await vi.advanceTimersByTimeAsync(3_100);
  list.poll();
  renewals.want(portfolio);
  await vi.advanceTimersByTimeAsync(3_100);
  expect(list.value()).toBe(2);
  await vi.advanceTimersByTimeAsync(3_000);

  expect(list.value()).toBe(3);
  expect(list.cut()).toBe(0);
});

it("does not starve a slow read however much happens", async () => {
  const list = shown(3_000);
  const renewals = makeRenewals(list.cache);
  for (let passed = 0; passed < 10_000; passed += 100) {
    renewals.want(portfolio);
    await vi.advanceTimersByTimeAsync(100);
  }

  expect(list.value()).toBeGreaterThanOrEqual(3);
  expect(list.cut()).toBe(0);
});

it("is over when it is told to", async () => {
  const list = shown(10);
  const renewals = makeRenewals(list.cache);
  await vi.advanceTimersByTimeAsync(20);
  renewals.want(portfolio);
  renewals.stop();
  await vi.advanceTimersByTimeAsync(5_000);

  expect(list.begun()).toBe(1);
});
