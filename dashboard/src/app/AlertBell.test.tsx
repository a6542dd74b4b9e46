import { notifications } from "@mantine/notifications";
import { act, cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../testing/showPage";
import { turn } from "../testing/visibility";
import { AlertBell } from "./AlertBell";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const firing = (id: string) => ({ id, name: `Alert ${id}`, message: "SPY rose above 600.", isMuted: false, firedAt: `2026-01-05T16:00:0${id}Z` });
const page = (...ids: string[]) => ({ items: ids.map(firing), nextCursor: null });

it("says an alert that came out of sight when the page is looked at again", async () => {
  const answers: ((page: unknown) => void)[] = [];
  let firings: unknown = page("1");
  standInGateway((path) => (path === "/api/users/me" ? { id: "7" } : firings));
  const show = vi.spyOn(notifications, "show");
  showPage(AlertBell);
  await after(50);

  firings = new Promise((resolve) => answers.push(resolve));
  await after(4_000);
  turn("hidden");
  answers[0]?.(page("2", "1"));
  await after(1_000);
  expect(show).not.toHaveBeenCalled();

  turn("visible");
  expect(show).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ title: "Alert 2" }));
});
