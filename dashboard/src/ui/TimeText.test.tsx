import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TimeText } from "./TimeText";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 0, 30) }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it("leaves the date out for want of room only where it is the usual day's", () => {
  render(<TimeText at="2026-01-05T00:00:00Z" />);
  expect(screen.getByText(/05 Jan/, { selector: "span" }).className).toBe("sf-today");
  cleanup();

  render(<TimeText at="2026-01-04T23:59:59Z" />);
  expect(screen.getByText(/04 Jan/, { selector: "span" }).className).toBe("");
  cleanup();

  render(<TimeText at="2025-03-01T10:00:00Z" day="2025-03-01T23:00:00Z" />);
  expect(screen.getByText(/01 Mar/, { selector: "span" }).className).toBe("sf-today");
});
