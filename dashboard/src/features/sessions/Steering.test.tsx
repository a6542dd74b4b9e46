import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { Steering } from "./Steering";

const running = {
  id: "7", symbol: "SPY", strategyName: "Cross", status: "RUNNING", mode: "PAPER", stopPolicy: "cancel", tradingMode: "normal",
} as Session;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function steer(session: Session) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request.clone());
    return Promise.resolve(new Response(JSON.stringify({ message: "Done." }), { headers: { "Content-Type": "application/json" } }));
  });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <Steering session={session} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return asked;
}

const names = () => screen.queryAllByRole("button").map(({ textContent }) => textContent);

describe("what an owner may do with a session", () => {
  it.each([
    ["STARTING", ["Reduce only", "Stop"]],
    ["RUNNING", ["Pause", "Reduce only", "Stop"]],
    ["PAUSED", ["Resume", "Reduce only", "Stop"]],
    ["STOPPING", ["Stop differently"]],
    ["STOPPED", []],
    ["FAILED", []],
  ] as const)("follows its state: %s", (status, expected) => {
    steer({ ...running, status } as Session);
    expect(names()).toEqual(expected);
  });

  it("is not to reduce what it does not hold, where it only observes", () => {
    steer({ ...running, mode: "OBSERVE" } as Session);
    expect(names()).toEqual(["Pause", "Stop"]);
  });

  it("names what becomes of orders and positions before it stops, and sends what was chosen", async () => {
    const asked = steer(running);
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    expect(screen.getByRole<HTMLInputElement>("radio", { name: /Cancel orders/ }).checked).toBe(true);
    await userEvent.click(screen.getByRole("radio", { name: /Close everything/ }));
    await userEvent.click(screen.getByRole("button", { name: "Stop the session" }));
    expect(new URL(asked[0]!.url).pathname).toBe("/api/sessions/7/stop");
    expect(await asked[0]!.json()).toEqual({ policy: "flatten" });
  });
});
