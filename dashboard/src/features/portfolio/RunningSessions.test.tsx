import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Session, Signal } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { RunningSessions } from "./RunningSessions";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const session = (id: string, status: string, ended: number | null = null): Session =>
  ({ id, status, endedAt: ended === null ? null : new Date(Date.now() + ended).toISOString(), strategyName: `Cross ${id}`, symbol: "SPY", language: "csharp", realisedPnl: "0", failureDetail: null }) as Session;
const signal = { id: "s", sessionId: "other", action: "BUY", quantity: "1", status: "EXECUTED" } as Signal;

/** Fifty ended sessions are newer than those that run. */
function run(names: string[], signals: { items: Signal[]; nextCursor: string | null }) {
  standInGateway((path, query) => {
    if (path === "/api/signals") {
      return signals;
    }

    if (query.get("status") === "FAILED") {
      return { items: [session("failed", "FAILED", -3_600_000), session("long failed", "FAILED", -90_000_000)], nextCursor: null };
    }

    const ended = Array.from({ length: 50 }, (_, i) => session(`ended ${i}`, "STOPPED"));
    return { items: query.get("open") === "true" ? names.map((name) => session(name, "RUNNING")) : ended, nextCursor: null };
  });
  showPage(() => <RunningSessions className="" />);
}

it("are shown however many newer ones have ended", async () => {
  run(["old"], { items: [], nextCursor: null });

  expect(await screen.findByText("Cross old")).toBeTruthy();
  expect((await screen.findAllByText("No signal yet")).length).toBeGreaterThan(0);
  expect(screen.queryByText("Cross ended 1")).toBeNull();
});

it("stand behind those that failed within a day, or nobody looks", async () => {
  run(["old"], { items: [], nextCursor: null });
  await screen.findByText("Cross old");
  await screen.findByText("Cross failed");

  expect(screen.getAllByRole("link", { name: /Cross/ }).map(({ textContent }) => textContent)).toEqual(["Cross failed", "Cross old"]);
});

it("are not said to have wanted nothing while others said so much that their signals were not read", async () => {
  run(["old", "other"], { items: [signal], nextCursor: "more" });

  expect(await screen.findByText("Cross old")).toBeTruthy();
  expect(await screen.findByText(/filled/)).toBeTruthy();
  expect(screen.queryByText("No signal yet")).toBeNull();
});
