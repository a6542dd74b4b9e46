import { describe, expect, it } from "vitest";
import type { ParameterDescription } from "../../api/types";
import { changedOf, faultOf } from "./parameters";

const fast: ParameterDescription = { name: "fast", type: "int", default: 10, min: 2, max: 100 };
const share: ParameterDescription = { name: "share", type: "double", default: 0.5, min: 0 };
const both: ParameterDescription = { name: "both", type: "bool", default: true };
const note: ParameterDescription = { name: "note", type: "string", default: "" };

describe("a parameter", () => {
  it.each([
    [fast, "12", null],
    [fast, "-3", "From 2 to 100."],
    [fast, "101", "From 2 to 100."],
    [fast, "12.5", "Write a whole number."],
    [fast, "", "Write a whole number."],
    [share, "0.25", null],
    [share, "2e-1", null],
    [share, "-0.1", "At least 0."],
    [share, "1e999", "Write a number."],
    [both, false, null],
    [note, "", null],
    [fast, undefined, null],
  ] as const)("%o typed as %o: %o", (parameter, typed, fault) => {
    expect(faultOf(parameter, typed)).toBe(fault);
  });

  it("is sent only where it differs from what the session would have anyway", () => {
    const typed = { fast: " 12 ", share: "0.50", both: false, note: "" };

    expect(changedOf([fast, share, both, note], typed, {})).toEqual({ fast: 12, both: false });
    expect(changedOf([fast, share, both, note], typed, { fast: 12, both: false, note: "own" })).toEqual({ note: "" });
    expect(changedOf([fast], {}, null)).toEqual({});
  });
});
