import createClient from "openapi-fetch";
import { Problem, brokenOff, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";

/**
 * Speaks to the gateway this page came from. The cookie signs us in; the header proves to the gateway that it was this page
 * that asked, since no form of another site can send it.
 */
export const gateway = createClient<paths>({
  baseUrl: globalThis.location.origin,
  headers: { "X-SF-Client": "dashboard" },
  fetch: async (request) => {
    try {
      // Looked up at each call, so that a test can stand in for the network.
      return await globalThis.fetch(request);
    } catch (failure) {
      throw isAbort(failure) ? failure : unreachable(request);
    }
  },
});

const isAbort = (failure: unknown): boolean => failure instanceof DOMException && failure.name === "AbortError";

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer. Throws a {@link Problem} for any other, and for none. */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (failure) {
    throw isAbort(failure) || failure instanceof Problem ? failure : brokenOff();
  }

  if (!answer.response.ok) {
    throw problemOf(answer.response, answer.error);
  }

  return answer.data as T;
}
