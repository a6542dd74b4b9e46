import { useEffect, useRef, useState } from "react";

const flashFor = 600;

/** Which way a value just went, for as long as it flashes. Compares for display only, so doubles are good enough. */
export function useFlash(value: string, enabled: boolean): "rose" | "fell" | null {
  const before = useRef(value);
  const [flash, setFlash] = useState<"rose" | "fell" | null>(null);

  useEffect(() => {
    const change = Number(value) - Number(before.current);
    before.current = value;
    if (!enabled || !(Math.abs(change) > 0)) {
      return undefined;
    }

    setFlash(change > 0 ? "rose" : "fell");
    const timer = setTimeout(() => setFlash(null), flashFor);
    return () => clearTimeout(timer);
  }, [value, enabled]);

  return flash;
}
