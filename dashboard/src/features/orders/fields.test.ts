import { expect, it } from "vitest";
import { type Fields, blank, faultsOf, lastsFor, newOrderOf, placeOf, timesFor } from "./fields";

const fields = (given: Partial<Fields>): Fields => ({ ...blank, symbol: "spy ", qty: "10", ...given });
const faults = (given: Partial<Fields>): string[] =>
  Object.entries(faultsOf(fields(given)))
    .filter(([, fault]) => fault !== null)
    .map(([name]) => name);

it.each<[Partial<Fields>, object]>([
  [{}, { type: "market", qty: "10" }],
  [{ side: "sell", type: "limit", limit_price: " 187.5", stop_price: "1" }, { side: "sell", type: "limit", qty: "10", limit_price: "187.5" }],
  [{ by: "notional", notional: "500" }, { type: "market", notional: "500" }],
  // Only orders at the market or with a limit can be given by value.
  [{ type: "stop", by: "notional", notional: "500", stop_price: "180" }, { type: "stop", qty: "10", stop_price: "180" }],
  [{ type: "stop_limit", stop_price: "180", limit_price: "179" }, { type: "stop_limit", qty: "10", stop_price: "180", limit_price: "179" }],
  [{ type: "trailing_stop", trail_percent: "1.5", trail_price: "2" }, { type: "trailing_stop", qty: "10", trail_percent: "1.5" }],
  [{ type: "trailing_stop", trailBy: "trail_price", trail_percent: "1.5", trail_price: "2" }, { type: "trailing_stop", qty: "10", trail_price: "2" }],
])("an order has what its kind asks for and nothing else: %o", (given, order) => {
  expect(newOrderOf(fields(given))).toEqual({ symbol: "SPY", side: "buy", time_in_force: "day", ...order });
});

it("lasts only as it may, and as was chosen where that may be", () => {
  expect(timesFor({ symbol: "SPY", type: "market" })).toEqual(["day", "gtc", "ioc", "fok"]);
  expect(timesFor({ symbol: "SPY", type: "stop" })).toEqual(["day", "gtc"]);
  expect(timesFor({ symbol: "btc/usd", type: "limit" })).toEqual(["gtc", "ioc"]);
  expect(lastsFor({ symbol: "SPY", type: "stop", time_in_force: "gtc" })).toBe("gtc");
  expect(lastsFor({ symbol: "SPY", type: "stop", time_in_force: "fok" })).toBe("day");
  expect(lastsFor({ symbol: "BTC/USD", type: "market", time_in_force: "day" })).toBe("gtc");
});

it("is judged by the fields that are shown", () => {
  expect(faults({})).toEqual([]);
  expect(faults({ symbol: " ", qty: "" })).toEqual(["symbol", "qty"]);
  expect(["0", "0.00", "-1", "1e3", "1,5", "ten"].filter((qty) => !faults({ qty }).includes("qty"))).toEqual([]);
  expect(faults({ type: "stop_limit", limit_price: "x" })).toEqual(["limit_price", "stop_price"]);
  expect(faults({ by: "notional", qty: "" })).toEqual(["notional"]);
});

it("has its refusals where they belong", () => {
  expect(placeOf("BAD_QUANTITY", fields({}))).toBe("qty");
  expect(placeOf("BAD_QUANTITY", fields({ by: "notional" }))).toBe("notional");
  expect(placeOf("INSUFFICIENT_FUNDS", fields({}))).toBeUndefined();
});
