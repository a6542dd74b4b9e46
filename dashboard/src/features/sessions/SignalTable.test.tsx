import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Signal } from "../../api/types";
import { SignalTable } from "./SignalTable";

afterEach(cleanup);

it.each([
  ["market", null, "market"],
  ["limit", "90", "limit 90.00"],
  ["stop", null, "stop"],
  ["stop_limit", "90", "stop limit 90.00"],
  ["trailing_stop", null, "trailing stop"],
])("says that a %s order was wanted", (orderType, limitPrice, text) => {
  const signal = { id: "1", action: "BUY", quantity: "1", confidence: 1, status: "EXECUTED", code: null, detail: null, hypothetical: null, generatedAt: "2026-01-05T16:00:00Z" };
  render(<SignalTable signals={[{ ...signal, orderType, limitPrice } as Signal]} />);

  expect(screen.getByRole("cell", { name: text })).toBeTruthy();
});
