import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FlattenProgress, TradingMode, TradingModes, TradingSwitch } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { TradingBanner } from "./TradingBanner";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const after = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const on = (keeper: string, scope: string, mode: TradingMode, reason: string | null = null): TradingSwitch => ({
  keeper, scope, mode, reason, setAt: "2026-01-05T16:00:00Z",
});

const answer = (switches: TradingSwitch[], flatten: FlattenProgress | null = null): TradingModes => ({
  mode: switches.find(({ keeper }) => keeper === "user")?.mode ?? "normal", effective: "normal", reason: null, setAt: null, switches, flatten,
});

const flattening = (progress: Partial<FlattenProgress>) =>
  answer([on("user", "user", "flatten")], { state: "running", openOrders: 0, closingOrders: 0, openPositions: 0, refused: [], ...progress });

async function show(modes: TradingModes): Promise<string> {
  standInGateway(() => modes);
  showPage(TradingBanner);
  const said = await screen.findAllByRole("status");
  return said.map(({ parentElement }) => parentElement?.textContent).join(" | ");
}

describe("a switch that holds trading back", () => {
  it("of the user's own can be ended where it is told of", async () => {
    let modes = answer([on("user", "user", "pause")]);
    const sent: unknown[] = [];
    standInGateway(async (_, __, request) => {
      if (request.method === "PUT") {
        sent.push(await request.json());
        modes = answer([]);
      }

      return modes;
    });
    showPage(TradingBanner);
    expect((await screen.findByRole("status")).textContent).toMatch(/You have paused trading. No order is taken/);

    await userEvent.click(screen.getByRole("button", { name: "Trade again" }));
    await waitFor(() => expect(screen.queryByRole("status")).toBeNull());
    expect(sent).toEqual([{ mode: "normal" }]);
  });

  it("that was ended does not come back with a read that began before", async () => {
    vi.useFakeTimers();
    const reads: ((modes: TradingModes) => void)[] = [];
    standInGateway((_, __, { method }) => (method === "PUT" ? answer([]) : new Promise((resolve) => reads.push(resolve))));
    showPage(TradingBanner);
    await after(50);
    reads[0]!(answer([on("user", "user", "pause")]));
    await after(4_100);
    expect(reads).toHaveLength(2);

    fireEvent.click(screen.getByRole("button", { name: "Trade again" }));
    await after(50);
    reads[1]!(answer([on("user", "user", "pause")]));
    await after(50);
    expect(screen.queryByRole("status")).toBeNull();
  });

  it("of the house says who can end it and why it is on, and offers no way", async () => {
    const text = await show(answer([on("house", "global", "pause", "The venue is down."), on("house", "user", "reduce_only")]));

    expect(text).toMatch(/everybody's trading.*Reason: The venue is down. Only the house can end it. \| The house lets you only reduce./);
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("is one of several", async () => {
    await show(answer([on("house", "global", "reduce_only"), on("user", "user", "pause")]));

    expect(screen.getAllByRole("status")).toHaveLength(2);
    expect(screen.getAllByRole("button")).toHaveLength(1);
  });
});

describe("closing everything", () => {
  it.each<[Partial<FlattenProgress>, string]>([
    [{ openOrders: 1, openPositions: 2, closingOrders: 1 }, "Left: 2 positions, 1 order to cancel; 1 order on the way to close."],
    [{ openPositions: 1 }, "Left: 1 position."],
    [{ state: "waiting", openPositions: 1 }, "It waits until the house lifts its pause."],
    [{ state: "done" }, "Nothing is open or held any more."],
  ])("says how far it has come: %o", async (progress, text) => {
    expect(await show(flattening(progress))).toContain(text);
  });

  it("says what could not be closed, and why", async () => {
    const refused = [{ userId: "7", sessionId: null, symbol: "SPY", code: "NO_PRICE", detail: "NO_PRICE: symbol=SPY", askedAt: "2026-01-05T16:00:00Z" }];

    expect(await show(flattening({ openPositions: 1, refused }))).toContain("SPY could not be closed: No price was known yet.");
  });
});
