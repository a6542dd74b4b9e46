import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { strategiesQuery } from "../../api/queries";
import type { ValidationReport } from "../../api/types";
import { StartSession } from "./StartSession";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const strategies = [
  { id: "s1", name: "Cross", symbol: "SPY", version: 4, parameters: { slow: 40 } },
  { id: "s2", name: "Hold", symbol: "QQQ", version: 1, parameters: {} },
];

const report: ValidationReport = {
  ok: true, strategy: "Cross", warmUp: 20, problems: [], checks: [], dryRun: null,
  parameters: [
    { name: "fast", type: "int", default: 10, min: 2, max: 100, description: "Bars of the fast average." },
    { name: "slow", type: "int", default: 30 },
    { name: "both", type: "bool", default: true },
  ],
};

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" } });

interface Answers {
  validate?: () => Promise<Response>;
  start?: () => Promise<Response>;
}

async function open({ validate = async () => json(200, report), start = async () => json(201, { data: { session: { id: "7" } } }) }: Answers, version?: number) {
  const asked: { path: string; body: unknown; key: string | null }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    asked.push({ path, body: await request.json(), key: request.headers.get("Idempotency-Key") });
    return path === "/api/sessions" ? start() : validate();
  });
  vi.stubGlobal("scrollTo", () => undefined);
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(strategiesQuery(200).queryKey, { items: strategies, nextCursor: null } as never);
  const root = createRootRoute();
  const home = createRoute({ getParentRoute: () => root, path: "/", component: () => <StartSession strategyId="s1" version={version} onClose={() => undefined} /> });
  const session = createRoute({ getParentRoute: () => root, path: "/sessions/$sessionId", component: () => <p>the session</p> });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        {/* A tree of this test's own is not the registered one. */}
        <RouterProvider router={createRouter({ routeTree: root.addChildren([home, session]), history: createMemoryHistory() }) as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByRole("button", { name: "Start Cross" });
  return asked;
}

const start = () => userEvent.click(screen.getByRole("button", { name: /^Start / }));
const setParameters = () => userEvent.click(screen.getByRole("button", { name: "Set parameters" }));
const field = (label: string) => screen.findByLabelText<HTMLInputElement>(label);
const plain = { strategyId: "s1", symbol: "SPY", type: "stock", mode: "PAPER", stopPolicy: "cancel" };

describe("starting a session", () => {
  it("again after a lost answer is the same wish, so that one session comes of it", async () => {
    const answer = vi.fn<() => Promise<Response>>().mockRejectedValueOnce(new TypeError("Failed to fetch"));
    const asked = await open({ start: answer.mockImplementation(async () => json(201, { data: { session: { id: "7" } } })) });
    await start();
    expect((await screen.findByRole("alert")).textContent).toMatch(/trying again as it stands here is safe/);
    await start();

    await screen.findByText("the session");
    expect(asked[0]?.key).toBeTruthy();
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });

  it("needs no look at the strategy's parameters", async () => {
    const asked = await open({});
    await start();

    await screen.findByText("the session");
    expect(asked.map(({ path, body }) => ({ path, body }))).toEqual([{ path: "/api/sessions", body: plain }]);
  });

  it("shows the parameters with the strategy's own values, and sends those that were changed", async () => {
    const asked = await open({});
    await setParameters();
    expect((await field("slow")).value).toBe("40");
    await userEvent.clear(await field("fast"));
    await userEvent.type(await field("fast"), "12");
    await userEvent.click(await field("both"));
    await start();

    await screen.findByText("the session");
    expect(asked[0]).toMatchObject({ path: "/api/strategies/s1/validate", body: { version: 4 } });
    expect(asked[1]?.body).toEqual({ ...plain, parameters: { fast: 12, both: false } });
  });

  it("says which value is out of bounds", async () => {
    const asked = await open({});
    await setParameters();
    await userEvent.clear(await field("fast"));
    await userEvent.type(await field("fast"), "101");
    await start();

    expect((await field("fast")).getAttribute("aria-invalid")).toBe("true");
    expect(asked).toHaveLength(1);
  });

  it("looks at the version that is to run", async () => {
    const asked = await open({}, 2);
    await setParameters();
    await field("fast");

    expect(asked[0]?.body).toEqual({ version: 2 });
  });

  it("goes on with the defaults when the parameters can't be seen", async () => {
    const asked = await open({ validate: async () => json(503, { code: "no-worker", detail: "No worker is free to examine it." }) });
    await setParameters();
    expect((await screen.findByRole("alert")).textContent).toContain("No worker is free");
    await start();

    await screen.findByText("the session");
    expect(asked[1]?.body).toEqual(plain);
  });

  it("does not carry one strategy's parameters to another", async () => {
    const asked = await open({});
    await setParameters();
    await userEvent.clear(await field("fast"));
    await userEvent.type(await field("fast"), "12");
    await userEvent.click(screen.getByRole("combobox", { name: "Strategy" }));
    await userEvent.click(await screen.findByRole("option", { name: "Hold" }));
    await waitFor(() => expect(screen.queryByLabelText("fast")).toBeNull());
    await start();

    await screen.findByText("the session");
    expect(asked[1]?.body).toEqual({ ...plain, strategyId: "s2", symbol: "QQQ" });
  });
});
