import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, gateway } from "./client";
import { Problem, problemOf } from "./problem";

afterEach(() => vi.unstubAllGlobals());

const response = (status: number, headers: Record<string, string> = {}): Response => new Response(null, { status, headers });

describe("a refusal", () => {
  it("is told in words where the code is known", () => {
    const problem = problemOf(response(401), { code: "wrong-credentials", detail: "Email and password don't belong together." });

    expect(problem.message).toBe("The email address or the password is wrong.");
    expect(problem.code).toBe("wrong-credentials");
  });

  it("is the gateway's own sentence otherwise, with the id to look it up by", () => {
    const problem = problemOf(response(409), { code: "too-many-alerts", detail: "Delete one first.", traceId: "4bf9" });

    expect(problem).toMatchObject({ message: "Delete one first.", traceId: "4bf9", status: 409 });
  });

  it.each(["strategy-disabled", "strategy-running", "UNKNOWN_SYMBOL", "session-starting", "too-many-sessions", "unknown-strategy-version"])(
    "speaks of the page, not of routes: %s",
    (code) => {
      expect(problemOf(response(409), { code, detail: "Switch it on: PATCH /api/strategies/7/toggle." }).message).not.toMatch(/PATCH|\/api/);
    },
  );

  it("takes its code from the type when that is all there is", () => {
    expect(problemOf(response(400), { type: "https://stratforge.dev/problems/NO_PRICE" }).code).toBe("NO_PRICE");
  });

  it("names fields as the form does, however the gateway spells them", () => {
    const { fields } = problemOf(response(400), { errors: { Email: ["is not an email address."], "$.password": ["needs more."] } });

    expect(fields).toEqual({ email: "Is not an email address.", password: "Needs more." });
  });

  it("that is no JSON at all still says something", () => {
    expect(problemOf(response(502), "<html>").message).toMatch(/could not reach/);
    expect(problemOf(response(418), undefined).message).toMatch(/418/);
  });

  it("carries the wait that the gateway asks for", () => {
    expect(problemOf(response(429, { "Retry-After": "7" }), {}).retryAfter).toBe(7);
    expect(problemOf(response(429), {}).retryAfter).toBeUndefined();
  });
});

describe("an answer", () => {
  it("is its body when it is good", async () => {
    await expect(answered(Promise.resolve({ data: 5, response: response(200) }))).resolves.toBe(5);
  });

  it("is a problem when it is not", async () => {
    await expect(answered(Promise.resolve({ error: { code: "x" }, response: response(400) }))).rejects.toMatchObject({ code: "x" });
  });

  it("that never comes is told apart from one that refuses", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const failure = await answered(gateway.GET("/api/version")).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Problem);
    expect(failure).toMatchObject({ unreachable: true, message: expect.stringContaining("The page tries again by itself.") as string });
  });

  it("that never comes to a command does not promise that the page tries again", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const [bare, keyed] = [{}, { "Idempotency-Key": "7" }].map((headers) => answered(gateway.POST("/api/sessions", { body: {}, headers })));

    await expect(bare).rejects.toThrow(/does not answer\. It may have been done all the same\.$/);
    await expect(keyed).rejects.toThrow(/trying again as it stands here is safe/);
  });

  it("that breaks off is none", async () => {
    await expect(answered(Promise.reject(new TypeError("terminated")))).rejects.toMatchObject({ unreachable: true });
  });

  it("that we no longer wanted stays an abort", async () => {
    const abort = new DOMException("Aborted", "AbortError");

    await expect(answered(Promise.reject(abort))).rejects.toBe(abort);
  });
});
