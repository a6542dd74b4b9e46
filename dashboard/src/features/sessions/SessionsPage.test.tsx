import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { SessionsPage } from "./SessionsPage";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const session = (id: string, status: string): Session =>
  ({ id, status, strategyName: `Cross ${id}`, symbol: "SPY", language: "csharp", realisedPnl: "0", position: { quantity: "0", averagePrice: "0" }, startedAt: null, endedAt: null }) as Session;

it("shows an open session however many newer ones have ended, and the others on demand", async () => {
  standInGateway((_, query) => ({
    items: query.get("open") === "true" ? [session("old", "RUNNING")] : [session("new", "STOPPED")],
    nextCursor: null,
  }));
  showPage(SessionsPage, "/sessions");
  expect(await screen.findByText("Cross old")).toBeTruthy();

  await userEvent.click(screen.getByText("All"));
  expect(await screen.findByText("Cross new")).toBeTruthy();
  expect(screen.queryByText("Cross old")).toBeNull();
});
