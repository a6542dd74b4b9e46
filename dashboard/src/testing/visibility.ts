import { act } from "@testing-library/react";
import { vi } from "vitest";

/** Brings the page into sight or hides it behind another tab; undone by vi.restoreAllMocks. */
export function turn(visibility: "visible" | "hidden"): void {
  act(() => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue(visibility);
    document.dispatchEvent(new Event("visibilitychange"));
  });
}
