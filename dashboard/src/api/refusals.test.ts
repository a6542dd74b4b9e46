import { expect, it } from "vitest";
import { refusalText } from "./refusals";

it.each([
  ["insufficient-funds", "INSUFFICIENT_FUNDS: required=1724.12 available=310.5", "Not enough available cash: it may cost $1,724.12, and $310.50 is free."],
  ["insufficient-quantity", "INSUFFICIENT_QUANTITY: required=5 available=2", "Fewer units are free than that: 2. What open orders trade already is not free."],
  ["max-order-notional", "MAX_ORDER_NOTIONAL: notional=12500 max=10000", "The order is larger than the limits allow: it is worth $12,500.00, and $10,000.00 is the most."],
  ["max-position-notional", "MAX_POSITION_NOTIONAL: notional=10100 max=10000", "The position would grow beyond its limit: to $10,100.00, and $10,000.00 is the most."],
  ["max-open-orders", "MAX_OPEN_ORDERS: open=500 max=500", "As many orders are open as the limits allow: 500. Cancel one first."],
  ["price-collar", "PRICE_COLLAR: limit=111 max=110 price=100", "The limit is too far through the market: 110.00 is the highest that is taken now."],
  ["price-collar", "PRICE_COLLAR: limit=80 min=90 price=100", "The limit is too far through the market: 90.00 is the lowest that is taken now."],
  ["bad-quantity", "BAD_QUANTITY: quantity=0.5 step=1; BRK trades in whole units", "The quantity has to be a multiple of 1."],
  ["bad-quantity", "BAD_QUANTITY: quantity=0.00001 min=0.0001", "The quantity has to be at least 0.0001."],
  ["bad-quantity", "BAD_QUANTITY: quantity=0 min=0.000000001 max=1000000000", "The quantity is too small or too large."],
  ["bad-price", "BAD_PRICE: limit_price=187.505 step=0.01", "The price has to be a multiple of 0.01."],
  ["bad-price", "BAD_PRICE: type=market has no trail", "The prices don't fit this kind of order."],
])("a refusal is told with its figures: %s", (code, detail, text) => {
  expect(refusalText(code, detail)).toBe(text);
});

it("is told without them where they are missing, and not at all where nothing is known of it", () => {
  expect(refusalText("insufficient-funds", "No figures.")).toBe("Not enough available cash.");
  expect(refusalText("wrong-credentials", "required=1")).toBeUndefined();
});
