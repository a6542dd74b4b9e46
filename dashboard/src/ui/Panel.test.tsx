import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import { slowlyStaleAfter } from "../live/cadence";
import { QueryPanel } from "./Panel";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function Fills({ read, staleAfter }: { read: () => Promise<string[]>; staleAfter?: number }) {
  const query = useQuery({ queryKey: ["fills"], queryFn: read, refetchInterval: 1_000, retry: false, networkMode: "always" });
  return (
    <QueryPanel title="Fills" query={query} {...(staleAfter === undefined ? {} : { staleAfter })} isEmpty={(fills) => fills.length === 0} empty="Nothing filled yet.">
      {(fills) => fills.map((fill) => <p key={fill}>{fill}</p>)}
    </QueryPanel>
  );
}

const show = (read: () => Promise<string[]>, staleAfter?: number) =>
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <Fills read={read} {...(staleAfter === undefined ? {} : { staleAfter })} />
      </QueryClientProvider>
    </MantineProvider>,
  );

const after = (milliseconds: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });
const refusal = new Problem(503, "temporarily-unavailable", "A store does not answer.", {}, "4bf92f");
const never = new Promise<string[]>(() => undefined);

describe("a panel", () => {
  it("loads, then shows what came", async () => {
    show(() => Promise.resolve(["10 SPY"]));
    expect(screen.getByRole("status", { name: "Loading" })).toBeTruthy();

    await after(1);
    expect(screen.getByText("10 SPY")).toBeTruthy();
  });

  it("says why it is empty", async () => {
    show(() => Promise.resolve([]));
    await after(1);

    expect(screen.getByText("Nothing filled yet.")).toBeTruthy();
  });

  it("says what failed, and keeps saying it while it tries again", async () => {
    const read = vi.fn<() => Promise<string[]>>().mockRejectedValueOnce(refusal).mockReturnValue(never);
    show(read);
    await after(1_100);

    expect(read).toHaveBeenCalledTimes(2);
    expect(screen.getByRole("alert").textContent).toContain("A store does not answer.");
    expect(screen.getByRole("alert").textContent).toContain("4bf92f");
  });

  it("recovers by itself", async () => {
    show(vi.fn<() => Promise<string[]>>().mockRejectedValueOnce(refusal).mockResolvedValue(["10 SPY"]));
    await after(1_100);

    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("10 SPY")).toBeTruthy();
  });

  it("keeps old values when newer ones do not come, and says how old they are", async () => {
    show(vi.fn<() => Promise<string[]>>().mockResolvedValueOnce(["10 SPY"]).mockRejectedValue(refusal));
    await after(8_100);

    expect(screen.getByText("10 SPY")).toBeTruthy();
    expect(screen.getByText(/^[78] s old$/)).toBeTruthy();
  });

  it("has more patience with what is asked for less often", async () => {
    show(vi.fn<() => Promise<string[]>>().mockResolvedValueOnce(["10 SPY"]).mockRejectedValue(refusal), slowlyStaleAfter);
    await after(8_100);
    expect(screen.queryByText(/ s old$/)).toBeNull();

    await after(4_000);
    expect(screen.getByText(/^1[12] s old$/)).toBeTruthy();
  });
});
