import { nothing, signOf } from "../lib/fmt";
import { MoneyText } from "./MoneyText";

/** What one fill gained or lost; a dash for one that closed nothing, so that the eye finds those that did. */
export function RealisedText({ value }: { value: string }) {
  return signOf(value) === 0 ? <span className="sf-dimmed">{nothing}</span> : <MoneyText value={value} signed />;
}
