import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Session } from "../../api/types";
import { SessionParameters } from "./SessionParameters";

afterEach(cleanup);

it("names what differs from the defaults, and nothing when nothing does", () => {
  const { rerender } = render(<SessionParameters session={{ parameters: { fast: 12, note: "slow market", both: false } } as unknown as Session} />);
  expect(screen.getByText("fast = 12, note = slow market, both = false")).toBeTruthy();

  rerender(<SessionParameters session={{ parameters: {} } as Session} />);
  expect(screen.queryByText(/Started with/)).toBeNull();
});
