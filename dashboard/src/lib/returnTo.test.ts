import { describe, expect, it } from "vitest";
import { safeReturnTo } from "./returnTo";

describe("the address to return to after signing in", () => {
  it("is the page that was asked for, with what it searched", () => {
    expect(safeReturnTo("/sessions?start=7")).toBe("/sessions?start=7");
  });

  it.each([undefined, "", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:alert(1)"])(
    "is the portfolio when a link says %j",
    (wanted) => {
      expect(safeReturnTo(wanted)).toBe("/");
    },
  );

  it("is never the door itself", () => {
    expect(safeReturnTo("/signin?returnTo=/signin")).toBe("/");
    expect(safeReturnTo("/register")).toBe("/");
  });
});
