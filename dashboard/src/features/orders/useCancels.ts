import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { ordersKey } from "../../api/queries";
import { complain } from "../../ui/complain";

/** What cancels are found by, whichever page they were asked on. */
const cancels = ["cancel"];

/** An order that could not be canceled has changed as well, or the page would not have offered it. */
function useRenewal(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: ordersKey });
}

/** Takes one order back. */
export const useCancel = () =>
  useMutation({
    mutationKey: cancels,
    mutationFn: async (id: string) => {
      await answered(gateway.DELETE("/trade/orders/{id}", { params: { path: { id } } }));
      return [id];
    },
    onError: complain,
    onSettled: useRenewal(),
  });

/** Takes all open orders of the user back. */
export const useCancelAll = (onDone: () => void) =>
  useMutation({
    mutationKey: cancels,
    mutationFn: async () => (await answered(gateway.DELETE("/trade/orders"))).map(({ id }) => id),
    onSuccess: onDone,
    onSettled: useRenewal(),
  });

/**
 * The orders that were asked back. One that is at the broker stays open until it is given up there, and the gateway's list does not tell
 * it from the others meanwhile.
 */
export function useCanceling(): ReadonlySet<string> {
  const asked = useMutationState({
    filters: { mutationKey: cancels, predicate: ({ state }) => state.status !== "error" },
    select: ({ state }) => (state.data ?? [state.variables]) as readonly string[],
  });
  return new Set(asked.flat());
}
