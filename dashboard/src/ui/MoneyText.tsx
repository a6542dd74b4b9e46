import { moneyText, signOf, signedMoneyText } from "../lib/fmt";
import classes from "./MoneyText.module.css";
import { useFlash } from "./useFlash";

/** An amount. With `signed` it is a gain or a loss: the sign is written, the colour only repeats it. */
export function MoneyText({ value, signed = false, flash = false }: { value: string; signed?: boolean; flash?: boolean }) {
  const sign = signOf(value);
  const flashing = useFlash(value, flash);
  const tone = !signed || sign === 0 ? "" : sign > 0 ? "sf-up" : "sf-down";
  return (
    <span className={`sf-number ${tone} ${flashing === null ? "" : classes[flashing]}`}>
      {signed ? signedMoneyText(value) : moneyText(value)}
    </span>
  );
}
