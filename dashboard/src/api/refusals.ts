import { moneyText, priceText, quantityText } from "../lib/fmt";

/** Named figures of a refusal, as decimals. One that is not a number is none. */
type Figures = Readonly<Record<string, string | undefined>>;

/** Refusals by a rule of the trade, with the figures that the gateway gives in its own spelling. */
const rules: Readonly<Record<string, (figures: Figures) => string>> = {
  "insufficient-funds": ({ required, available }) =>
    `Not enough available cash${required && available ? `: it may cost ${moneyText(required)}, and ${moneyText(available)} is free` : ""}.`,
  "insufficient-quantity": ({ available }) =>
    `Fewer units are free than that${available ? `: ${quantityText(available)}` : ""}. What open orders trade already is not free.`,
  "max-order-notional": ({ notional, max }) =>
    `The order is larger than the limits allow${notional && max ? `: it is worth ${moneyText(notional)}, and ${moneyText(max)} is the most` : ""}.`,
  "max-position-notional": ({ notional, max }) =>
    `The position would grow beyond its limit${notional && max ? `: to ${moneyText(notional)}, and ${moneyText(max)} is the most` : ""}.`,
  "max-open-orders": ({ max }) => `As many orders are open as the limits allow${max ? `: ${quantityText(max)}` : ""}. Cancel one first.`,
  "price-collar": ({ min, max }) =>
    `The limit is too far through the market${max ? `: ${priceText(max)} is the highest` : min ? `: ${priceText(min)} is the lowest` : ""} that is taken now.`,
  "bad-quantity": ({ step, min, max }) =>
    step ? `The quantity has to be a multiple of ${quantityText(step)}.`
    : min && !max ? `The quantity has to be at least ${quantityText(min)}.`
    : "The quantity is too small or too large.",
  "bad-price": ({ step }) => (step ? `The price has to be a multiple of ${quantityText(step)}.` : "The prices don't fit this kind of order."),
};

/**
 * A refusal in words: "INSUFFICIENT_FUNDS: required=1724.12 available=310.50" is written for a program.
 * @param code In kebab case.
 * @returns Undefined for one that has no figures worth telling.
 */
export const refusalText = (code: string, detail: string): string | undefined => rules[code]?.(figuresOf(detail));

const figuresOf = (detail: string): Figures =>
  Object.fromEntries(Array.from(detail.matchAll(/(\w+)=(\d+(?:\.\d+)?)(?![\w.])/g), ([, name, value]) => [name, value]));
