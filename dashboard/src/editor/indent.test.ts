import { describe, expect, it } from "vitest";
import { indented } from "./indent";

describe("Enter in the editor", () => {
  it("keeps the depth of the line", () => {
    const text = "class A:\n    x = 1";

    expect(indented(text, text.length)).toBe("\n    ");
  });

  it("goes one step deeper after an opener", () => {
    expect(indented("def on_bar(self, bar):", 22)).toBe("\n    ");
    expect(indented("\tvoid F() {", 11)).toBe("\n\t    ");
  });

  it("looks only at what stands before the cursor", () => {
    expect(indented("if x:", 2)).toBe("\n");
  });
});
