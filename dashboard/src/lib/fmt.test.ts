import { describe, expect, it } from "vitest";
import { averageText, clockText, dateText, durationText, moneyText, nothing, priceText, quantityText, signOf, signedMoneyText } from "./fmt";

describe("money", () => {
  it("keeps cents that a double would lose", () => {
    expect(moneyText("90071992547409.93")).toBe("$90,071,992,547,409.93");
  });

  it("writes the sign of a gain and of a loss, and none for zero", () => {
    expect(signedMoneyText("12.3")).toBe("+$12.30");
    expect(signedMoneyText("-12.3")).toBe("\u2212$12.30");
    expect(signedMoneyText("0.00")).toBe("$0.00");
  });

  it("does not show a loss too small to see as minus zero", () => {
    expect(signedMoneyText("-0.004")).toBe("$0.00");
    expect(moneyText("-0.004")).toBe("$0.00");
  });
});

describe("prices and quantities", () => {
  it("shows a price with two decimals at least and all it has", () => {
    expect(priceText("167.6")).toBe("167.60");
    expect(priceText("0.00001234")).toBe("0.00001234");
  });

  it("rounds an average to where the eye still reads it", () => {
    expect(averageText("39397.00365605")).toBe("39,397.00");
    expect(averageText("530.246666667")).toBe("530.2467");
    expect(averageText("0.000012345678")).toBe("0.00001235");
  });

  it("drops the zeros that a database pads a quantity with", () => {
    expect(quantityText("0.250000000")).toBe("0.25");
    expect(quantityText("1200")).toBe("1,200");
    expect(quantityText("-3")).toBe("\u22123");
  });
});

describe("signOf", () => {
  it.each([
    ["0", 0],
    ["-0.00", 0],
    ["0.0001", 1],
    ["-0.0001", -1],
    ["100000", 1],
  ] as const)("of %s is %i", (value, sign) => {
    expect(signOf(value)).toBe(sign);
  });
});

describe("time", () => {
  it("is told in UTC, whatever the zone of the browser", () => {
    expect(dateText("2013-10-04T13:30:05Z")).toBe("04 Oct");
    expect(clockText("2013-10-04T13:30:05Z")).toBe("13:30:05");
  });

  it("is a dash when it cannot be read", () => {
    expect(clockText("soon")).toBe(nothing);
  });

  it.each([
    [-5_000, "0 s"],
    [59_999, "59 s"],
    [3_599_000, "59 min"],
    [5 * 3_600_000 + 20 * 60_000, "5 h 20 min"],
    [52 * 3_600_000, "2 d 4 h"],
  ])("of %i ms lasted %s", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
