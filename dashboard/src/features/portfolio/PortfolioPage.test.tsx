import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Portfolio } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { PortfolioPage } from "./PortfolioPage";

const figures = { cash: "0", reserved: "0", margin: "0", available: "0", dayChange: "0", realisedPnl: "0", unrealisedPnl: "0", positions: [], equityHistory: [], resetAt: null };
const portfolio = (asOf: string): Portfolio => ({ ...figures, equity: "123.45", asOf }) as Portfolio;
const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

const isFaded = () => screen.getByLabelText("Account").closest("[class*=stale]") !== null;
const ages = () => screen.queryAllByText(/s old$/).length;
const isWarning = () => screen.getByText(/Prices as of/).className === "sf-warn";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 16) }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** An account whose portfolio is as told, with one session in the state told. */
async function open(read: () => unknown, status = "RUNNING"): Promise<void> {
  const session = { id: "7", status, strategyName: "Cross", symbol: "SPY", language: "csharp", realisedPnl: "0" };
  standInGateway((path, query) =>
    path === "/api/portfolio" ? read() : query.get("open") === "true" ? { items: [session], nextCursor: null } : undefined,
  );
  showPage(PortfolioPage);
  await after(50);
}

describe("the account's figures", () => {
  it("fade and say their age when newer ones do not come, and are as new when they do", async () => {
    let answer: unknown = portfolio("2026-01-05T16:00:00Z");
    await open(() => answer);
    expect(isFaded()).toBe(false);

    answer = new Response(null, { status: 503 });
    await after(6_000);
    expect(screen.getByText("$123.45")).toBeTruthy();
    expect(isFaded()).toBe(true);
    // Beside the page's name, and in the panel of the equity curve or of the positions.
    expect(ages()).toBeGreaterThanOrEqual(1);
    expect(screen.getByRole("heading", { level: 1 }).parentElement?.textContent).toContain("s old");

    answer = portfolio("2026-01-05T16:00:09Z");
    await after(2_000);
    expect(isFaded()).toBe(false);
    expect(ages()).toBe(0);
  });
});

describe("the time of the prices", () => {
  it("warns when it has stood still for a minute while a session runs", async () => {
    await open(() => portfolio("2026-01-05T15:30:00Z"));
    expect(screen.getByText(/Prices as of/).textContent).toContain("15:30:00");
    await after(59_000);
    expect(isWarning()).toBe(false);
    await after(3_000);
    expect(isWarning()).toBe(true);
  });

  it("does not while it moves, nor while nothing trades", async () => {
    await open(() => portfolio(new Date().toISOString()));
    await after(70_000);
    expect(isWarning()).toBe(false);
    cleanup();

    await open(() => portfolio("2026-01-05T15:30:00Z"), "PAUSED");
    await after(70_000);
    expect(isWarning()).toBe(false);
  });
});
