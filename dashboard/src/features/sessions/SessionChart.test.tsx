import { notifications } from "@mantine/notifications";
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { showPage, standInGateway } from "../../testing/showPage";
import { SessionChart } from "./SessionChart";

// The chart draws on a canvas, which only a browser has.
const failures = vi.hoisted((): unknown[] => []);
vi.mock("../../charts/CandleChart", () => ({
  CandleChart: ({ onNearStart }: { onNearStart: (oldest: number) => Promise<void> }) => (
    <button type="button" onClick={() => void onNearStart(60).catch((failure: unknown) => failures.push(failure))}>
      scroll
    </button>
  ),
}));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("says when older bars did not come, and lets the chart know", async () => {
  const show = vi.spyOn(notifications, "show");
  standInGateway((_, query) =>
    query.has("before") ? new Response(null, { status: 503 }) : { symbol: "SPY", timeframe: "1m", t: [60], o: [1], h: [1], l: [1], c: [1], v: [1] },
  );
  showPage(() => <SessionChart session={{ symbol: "SPY" } as Session} trades={[]} className="" />);
  await userEvent.click(await screen.findByRole("button", { name: "scroll" }));

  await waitFor(() => expect(failures).toHaveLength(1));
  expect(show).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "Older bars did not come. Scroll on to try again." }));
});
