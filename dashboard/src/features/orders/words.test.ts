import { expect, it } from "vitest";
import type { Order } from "../../api/types";
import { lastsText, termsText } from "./words";

const order = (terms: Partial<Order>): Order => terms as Order;

it.each<[Partial<Order>, string]>([
  [{ type: "market" }, "market"],
  [{ type: "limit", limit_price: "187.5" }, "limit 187.50"],
  [{ type: "stop", limit_price: null, stop_price: "180" }, "stop 180.00"],
  [{ type: "stop_limit", limit_price: "179.5", stop_price: "180" }, "stop 180.00, then limit 179.50"],
  [{ type: "trailing_stop", stop_price: "180", trail_price: "2" }, "trailing stop 180.00, 2.00 behind the best price"],
  [{ type: "trailing_stop", stop_price: "182.71234567", trail_percent: "1.50" }, "trailing stop 182.7123, 1.5 % behind the best price"],
  [{ type: "trailing_stop", stop_price: null, trail_percent: "1.5" }, "trailing stop, 1.5 % behind the best price"],
  [{ type: "limit", limit_price: "200", leg: "take_profit" }, "take profit: limit 200.00"],
  [{ type: "stop", stop_price: "170", leg: "stop_loss" }, "stop loss: stop 170.00"],
])("an order says what it is and at which prices: %o", (terms, text) => {
  expect(termsText(order(terms))).toBe(text);
});

it("lasts as its time says, and one that is new to this page is shown as it comes", () => {
  expect(["day", "gtc", "ioc", "fok", "opg"].map(lastsText)).toEqual([
    "until the close",
    "until canceled",
    "at once, as far as it can",
    "at once, all or nothing",
    "opg",
  ]);
});
