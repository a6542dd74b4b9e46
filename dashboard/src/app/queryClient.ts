import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";
import { noteAnswer, noteSilence } from "../live/linkStore";

/**
 * The page's one store of what the gateway said.
 * @param onSignedOut Called when the gateway no longer knows us.
 */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: noteAnswer,
      onError: (error) => {
        if (error instanceof Problem && error.unreachable) {
          noteSilence();
        } else if (error instanceof Problem) {
          noteAnswer();
        }

        if (error instanceof Problem && error.status === 401) {
          onSignedOut();
        }
      },
    }),
    mutationCache: new MutationCache({
      onError: (error) => {
        if (error instanceof Problem && error.status === 401 && error.code !== "wrong-credentials") {
          onSignedOut();
        }
      },
    }),
    defaultOptions: {
      queries: {
        // A refusal is an answer; only silence and faults of the server are worth a second try. Polled queries get theirs anyway.
        retry: (failures, error) =>
          failures < 1 && error instanceof Problem && (error.unreachable || error.status >= 500),
        retryDelay: 500,
        // The browser's idea of being offline is often wrong for a gateway on the same machine.
        networkMode: "always",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
