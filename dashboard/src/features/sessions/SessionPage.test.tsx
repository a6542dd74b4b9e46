import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../../testing/showPage";
import { SessionPage } from "./SessionPage";

// The chart draws on a canvas, which only a browser has.
vi.mock("./SessionChart", () => ({ SessionChart: () => null }));

const session = {
  id: "7", symbol: "SPY", strategyId: "3", strategyName: "Cross", strategyVersion: 1, language: "csharp", status: "RUNNING", mode: "PAPER", stopPolicy: "cancel",
  tradingMode: "normal", realisedPnl: "12.5", position: { quantity: "0", averagePrice: "0" }, processedSeq: 4, failureCode: null, startedAt: null, endedAt: null, logsGoneAt: null,
};
const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const isFaded = (element: Element) => element.closest("[class*=stale]") !== null;
const refusal = () => new Response(JSON.stringify({ code: "temporarily-unavailable", detail: "A store does not answer." }), { status: 503 });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open(read: () => unknown): Promise<void> {
  standInGateway((path) => (path === "/api/sessions/7" ? read() : /(logs|signals|trades)$/.test(path) ? undefined : refusal()));
  showPage(SessionPage, "/sessions/$sessionId", "/sessions/7");
  await after(50);
}

it("says that it loads, then what failed, steadily while it tries again", async () => {
  await open(() => new Promise(() => undefined));
  expect(screen.getByRole("status", { name: "Loading" })).toBeTruthy();
  cleanup();

  await open(refusal);
  const alert = screen.getByRole("alert");
  for (let passed = 0; passed < 4_000; passed += 100) {
    await after(100);
    expect(screen.queryByRole("alert")).toBe(alert);
  }
});

it.each([
  ["PAPER", 1],
  ["OBSERVE", 0],
])("shows what it has open where it may order: %s", async (mode, count) => {
  await open(() => ({ ...session, mode }));

  expect(screen.queryAllByRole("region", { name: "Open orders" })).toHaveLength(count);
});

it("says since when its log is no longer kept, and not that the strategy wrote nothing", async () => {
  standInGateway((path) =>
    path === "/api/sessions/7"
      ? { ...session, status: "STOPPED", endedAt: "2026-01-02T10:00:00Z", logsGoneAt: "2026-04-02T11:15:00Z" }
      : /(logs|signals|trades)$/.test(path) ? { items: [], nextCursor: null } : refusal(),
  );
  showPage(SessionPage, "/sessions/$sessionId", "/sessions/7");
  await after(50);

  const log = screen.getByText(/no longer kept since/);
  expect(log.querySelector("time")?.dateTime).toBe("2026-04-02T11:15:00Z");
  expect(screen.queryByText(/has written nothing/)).toBeNull();
});

it("fades its figures and its state, and says how old they are, when newer ones do not come", async () => {
  let answer: unknown = session;
  await open(() => answer);
  expect(isFaded(screen.getByLabelText("Session"))).toBe(false);

  answer = refusal();
  await after(7_000);
  expect(isFaded(screen.getByLabelText("Session"))).toBe(true);
  expect(isFaded(screen.getByText("Running"))).toBe(true);
  expect(screen.getByRole("heading", { level: 1 }).parentElement?.textContent).toMatch(/[67] s old/);
});
