import { describe, expect, it } from "vitest";
import { areaOf } from "./area";

describe("an equity curve", () => {
  it("spans the plot and knows its extremes", () => {
    const area = areaOf([{ x: 0, y: 5 }, { x: 1, y: 9 }, { x: 2, y: 1 }], 200, 103);

    expect(area).toMatchObject({ highest: 1, lowest: 2 });
    expect(area?.line).toBe("M0.0,51.5L100.0,1.5L200.0,101.5");
  });

  it("runs through the middle while nothing changes", () => {
    expect(areaOf([{ x: 0, y: 5 }, { x: 1, y: 5 }], 10, 100)?.line).toBe("M0.0,50.0L10.0,50.0");
  });

  it("is not drawn from a single sample, nor before its place is known", () => {
    expect(areaOf([{ x: 0, y: 5 }], 10, 10)).toBeNull();
    expect(areaOf([{ x: 0, y: 5 }, { x: 1, y: 6 }], 0, 10)).toBeNull();
  });
});
