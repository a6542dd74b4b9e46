/** BUY or SELL as a word in its colour. */
export function SideText({ action }: { action: string }) {
  const buy = action.toUpperCase() === "BUY";
  return <span className={buy ? "sf-up" : "sf-down"}>{buy ? "Buy" : "Sell"}</span>;
}
