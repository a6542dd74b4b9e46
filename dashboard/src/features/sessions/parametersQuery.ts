import { queryOptions } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";

/** An examination of a version as it is saved, for the parameters it declares. A version never changes, so it is asked for once. */
export const parametersQuery = (strategyId: string, version: number | undefined) =>
  queryOptions({
    queryKey: ["parameters", strategyId, version],
    queryFn: ({ signal }) =>
      answered(
        gateway.POST("/api/strategies/{id}/validate", {
          params: { path: { id: strategyId } },
          body: version === undefined ? {} : { version },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    // It takes a worker seconds: whoever waits for it asks again.
    retry: false,
  });
