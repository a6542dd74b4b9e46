import type { FlattenProgress, TradingMode, TradingSwitch } from "../../api/types";
import { countText } from "../../lib/fmt";

/** What a user's own switch can be set to, what can't be taken back last; docs/risk.md says more. */
export const modes: readonly { mode: TradingMode; label: string; says: string }[] = [
  { mode: "normal", label: "Trade again", says: "Orders are taken as your limits let them." },
  { mode: "reduce_only", label: "Reduce only", says: "Only orders that make a position smaller are taken." },
  { mode: "pause", label: "Pause trading", says: "No order is taken. What is open and held stays." },
  { mode: "flatten", label: "Close everything", says: "Orders are canceled, positions closed at the market." },
];

const holds: Readonly<Record<TradingMode, string>> = {
  normal: "",
  reduce_only: "Only orders that make a position smaller are taken; other signals are refused. What is open and held stays.",
  pause: "No order is taken, not even one that closes a position: signals are refused. What is open and held stays.",
  flatten: "Open orders are canceled, and what is held is closed at the market. Only orders that make a position smaller are taken; other signals are refused.",
};

const own: Readonly<Record<TradingMode, string>> = {
  normal: "",
  reduce_only: "You only reduce.",
  pause: "You have paused trading.",
  flatten: "You are closing everything.",
};

const ofHouse: Readonly<Record<TradingMode, string>> = {
  normal: "",
  reduce_only: "The house lets you only reduce.",
  pause: "The house has paused your trading.",
  flatten: "The house is closing all you hold.",
};

const forEverybody: Readonly<Record<TradingMode, string>> = {
  normal: "",
  reduce_only: "The house lets everybody only reduce.",
  pause: "The house has paused everybody's trading.",
  flatten: "The house is closing what everybody holds.",
};

export const isOwn = ({ keeper }: TradingSwitch): boolean => keeper === "user";

/** Who did what, and what it means. */
export function switchText(view: TradingSwitch): { title: string; says: string } {
  const titles = isOwn(view) ? own : view.scope === "global" ? forEverybody : ofHouse;
  return { title: titles[view.mode], says: holds[view.mode] };
}

const counted = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;

/** How far closing everything has come. */
export function progressText({ state, openOrders, closingOrders, openPositions }: FlattenProgress): string {
  switch (state) {
    case "waiting":
      return "It waits until the house lifts its pause.";
    case "done":
      return "Nothing is open or held any more. It closes whatever still comes, until you end it.";
    default: {
      const left = [counted(openPositions, "position"), ...(openOrders === 0 ? [] : [`${counted(openOrders, "order")} to cancel`])];
      return `Left: ${left.join(", ")}${closingOrders === 0 ? "" : `; ${counted(closingOrders, "order")} on the way to close`}.`;
    }
  }
}
