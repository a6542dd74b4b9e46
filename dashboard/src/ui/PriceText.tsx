import { nothing, priceText } from "../lib/fmt";
import classes from "./MoneyText.module.css";
import { useFlash } from "./useFlash";

/** A price per unit; a dash while none is known. */
export function PriceText({ value, flash = false }: { value: string | null; flash?: boolean }) {
  const flashing = useFlash(value ?? "0", flash && value !== null);
  return (
    <span className={`sf-number ${flashing === null ? "" : classes[flashing]}`}>
      {value === null ? nothing : priceText(value)}
    </span>
  );
}
