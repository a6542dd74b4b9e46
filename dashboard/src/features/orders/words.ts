import type { Order } from "../../api/types";
import { averageText, priceText, quantityText } from "../../lib/fmt";

const exits: Readonly<Record<string, string>> = { take_profit: "take profit", stop_loss: "stop loss" };

/** A kind of order with the prices it has: "stop 180.00, then limit 179.50". An exit says which of the two it is. */
export function termsText(order: Order): string {
  const { leg } = order;
  return leg == null ? kindText(order) : `${exits[leg] ?? leg}: ${kindText(order)}`;
}

function kindText({ type, limit_price: limit, stop_price: stop, trail_price: trail, trail_percent: percent }: Order): string {
  switch (type) {
    case "trailing_stop":
      // Where a percentage trails, the stop has as many decimals as its product left; until a price was seen there is none.
      return `trailing stop${stop == null ? "" : ` ${averageText(stop)}`}, ${trail == null ? `${quantityText(percent ?? "0")} %` : priceText(trail)} behind the best price`;
    case "stop_limit":
      return `stop ${priceText(stop ?? "0")}, then limit ${priceText(limit ?? "0")}`;
    default: {
      const price = limit ?? stop;
      return price == null ? type : `${type} ${priceText(price)}`;
    }
  }
}

const times: Readonly<Record<string, string>> = {
  day: "until the close",
  gtc: "until canceled",
  ioc: "at once, as far as it can",
  fok: "at once, all or nothing",
};

/** How long an order lasts. */
export const lastsText = (timeInForce: string): string => times[timeInForce] ?? timeInForce;
