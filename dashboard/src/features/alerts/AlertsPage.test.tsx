import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { seenUntil } from "../../lib/seenAlerts";
import { showPage, standInGateway } from "../../testing/showPage";
import { turn } from "../../testing/visibility";
import { AlertsPage } from "./AlertsPage";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("counts an alert as seen only when it is in sight", async () => {
  const firing = { id: "1", name: "High", message: "SPY rose above 600.", isMuted: false, isTest: false, firedAt: "2026-01-05T16:00:00Z" };
  standInGateway((path) =>
    path === "/api/users/me" ? { id: "7" } : path === "/api/alerts/firings" ? { items: [firing], nextCursor: null } : undefined,
  );
  turn("hidden");
  showPage(AlertsPage);
  await act(() => vi.advanceTimersByTimeAsync(50));
  expect(screen.getByText(/SPY rose above 600/)).toBeTruthy();
  expect(seenUntil("7")).toBe("");

  turn("visible");
  expect(seenUntil("7")).toBe("2026-01-05T16:00:00Z");
});
