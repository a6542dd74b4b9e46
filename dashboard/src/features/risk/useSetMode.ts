import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { tradingModeQuery } from "../../api/queries";
import type { TradingMode } from "../../api/types";

/** Sets the user's own switch, and shows what holds then. */
export function useSetMode({ onDone, onError }: { onDone?: () => void; onError?: (error: Error) => void }) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (mode: TradingMode) => answered(gateway.PUT("/api/users/me/trading-mode", { body: { mode } })),
    onSuccess: async (now) => {
      // A read that began before would show the switch as it was.
      await cache.cancelQueries(tradingModeQuery);
      cache.setQueryData(tradingModeQuery.queryKey, now);
      onDone?.();
    },
    onError: (error) => onError?.(error),
  });
}
