import { useRef } from "react";
import { Problem, idempotencyKey } from "./problem";

/** Of a request that went out; sending it again under its key can't do it twice. */
export type OnceHeaders = Record<typeof idempotencyKey, string>;

/**
 * Sends what creates something under a key of its own, so that a second try after a lost answer can't create a second one. Another body
 * is another wish, and gets another key: the gateway takes none twice for different things.
 */
export function useOnce<Body, Answer>(send: (body: Body, headers: OnceHeaders) => Promise<Answer>): (body: Body) => Promise<Answer> {
  const open = useRef<{ content: string; key: string } | null>(null);
  return async (body) => {
    const content = JSON.stringify(body);
    if (open.current?.content !== content) {
      open.current = { content, key: randomKey() };
    }

    try {
      const answer = await send(body, { [idempotencyKey]: open.current.key });
      open.current = null;
      return answer;
    } catch (error) {
      if (error instanceof Problem && isFinal(error)) {
        // The gateway keeps refusals too: what stood in the way may be gone at the next try.
        open.current = null;
      }

      throw error;
    }
  };
}

/** Whether the gateway has judged it. Otherwise it may be done already, or be under way. */
const isFinal = ({ status, code, unreachable }: Problem): boolean =>
  !unreachable && status < 500 && status !== 401 && status !== 429 && code !== "request-in-progress";

// randomUUID is missing where the page comes over plain HTTP from another machine.
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
