import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";
import { noteAnswer, noteSilence } from "../live/linkStore";

/**
 * Whether the gateway itself said it. Every fault that it answers for bears its own code; one without is the answer of what stands
 * before a gateway that is gone, as a proxy's 502.
 */
const isOfGateway = ({ unreachable, status, code }: Problem): boolean => !unreachable && (status < 500 || code !== `HTTP_${status}`);

/**
 * The page's one store of what the gateway said.
 * @param onSignedOut Called when the gateway no longer knows us.
 */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: noteAnswer,
      onError: (error) => {
        if (error instanceof Problem) {
          (isOfGateway(error) ? noteAnswer : noteSilence)();
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
