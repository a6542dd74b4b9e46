import { describe, expect, it } from "vitest";
import { lineCount, placeOf } from "./places";

const text = "class A:\n    def on_bar(self)\n";

const at = (line: number, column: number | null): string => {
  const { start, end } = placeOf(text, line, column);
  return text.slice(start, end);
};

describe("a place in a text", () => {
  it("is the word at a column", () => {
    expect([at(1, 7), at(2, 9)]).toEqual(["A", "on_bar"]);
  });

  it("is the line where no column is known", () => {
    expect(at(2, null)).toBe("    def on_bar(self)");
  });

  it("is within the text, whatever is asked for", () => {
    expect([at(99, 5), at(0, 1), at(1, 500)]).toEqual(["", "class", ""]);
    expect(lineCount("")).toBe(1);
  });
});
