import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Outlet, RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leaveForSignIn } from "../../app/leaveForSignIn";
import { meQuery, strategyQuery } from "../../api/queries";
import type { Strategy, StrategyRequest, User } from "../../api/types";
import { StrategyPage } from "./StrategyPage";

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

const saved: Strategy = {
  id: "s1", name: "Cross", language: "python", symbol: "SPY", code: "one", codeHash: "a", version: 4, parameters: {}, logicExplanation: null,
  enabled: true, createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z", runningSessions: 0,
};

/** As the gateway has it after a change: later by a second a version. */
const changed = (before: Strategy, change: Partial<Strategy>): Strategy => {
  const version = before.version + (change.code === undefined || change.code === before.code ? 0 : 1);
  return { ...before, ...change, version, updatedAt: new Date(Date.parse(before.updatedAt) + 1_000).toISOString() };
};

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" } });

/** A gateway that keeps one strategy. Saves wait while it is told to hold them. */
class Gateway {
  strategy: Strategy | null;
  readonly saves: { method: string; headers: Headers; body: Partial<StrategyRequest> }[] = [];
  private held: Promise<void> = Promise.resolve();

  constructor(strategy: Strategy | null) {
    this.strategy = strategy;
  }

  /** Holds saves; the answer lets them go. */
  hold(): () => void {
    let letGo!: () => void;
    this.held = new Promise((resolve) => {
      letGo = resolve;
    });
    return letGo;
  }

  readonly answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/versions")) {
      return json(200, { items: [], nextCursor: null });
    }

    if (request.method !== "GET") {
      const body = (await request.json()) as Partial<Strategy>;
      this.saves.push({ method: request.method, headers: request.headers, body: body as Partial<StrategyRequest> });
      await this.held;
      const expected = request.headers.get("If-Match");
      if (expected !== null && expected !== `"${this.strategy?.version}"`) {
        return json(412, { code: "strategy-changed", detail: "Read it, merge, and send it again." });
      }

      this.strategy = this.strategy === null ? { ...saved, ...body, version: 1 } : changed(this.strategy, body);
    }

    return json(200, this.strategy);
  };
}

async function open(id: string, gateway: Gateway, userId = "7") {
  vi.stubGlobal("fetch", gateway.answer);
  vi.stubGlobal("scrollTo", () => undefined);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(meQuery.queryKey, { id: userId, username: "ada" } as User);
  const root = createRootRoute();
  const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: Outlet });
  const strategy = createRoute({ getParentRoute: () => signedIn, path: "/strategies/$strategyId", component: StrategyPage });
  const rest = createRoute({ getParentRoute: () => root, path: "/$", component: () => <p>elsewhere</p> });
  const router = createRouter({
    routeTree: root.addChildren([signedIn.addChildren([strategy]), rest]),
    history: createMemoryHistory({ initialEntries: [`/strategies/${id}`] }),
  });
  const { unmount } = render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        {/* A tree of this test's own is not the registered one. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByLabelText("Code of the strategy");
  return { client, router, unmount };
}

async function signInEnds(gateway: Gateway): Promise<void> {
  const { client, router, unmount } = await open("s1", gateway);
  await userEvent.type(code(), " mine");
  leaveForSignIn(router as never, client);
  await screen.findByText("elsewhere");
  expect(router.state.location).toMatchObject({ pathname: "/signin", search: { returnTo: "/strategies/s1" } });
  unmount();
}

const code = () => screen.getByLabelText<HTMLTextAreaElement>("Code of the strategy");
const saveButton = () => screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
const label = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

describe("saving a strategy", () => {
  it("leaves what is typed meanwhile unsaved, and says so by the button", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " two");
    const letGo = gateway.hold();
    await userEvent.click(saveButton());
    await userEvent.type(code(), " three");
    letGo();

    await screen.findByText("version 5");
    expect(gateway.strategy?.code).toBe("one two");
    expect(code().value).toBe("one two three");
    await waitFor(() => expect(saveButton().disabled).toBe(false));
  });

  it("keeps the form of a new one, with what is typed meanwhile", async () => {
    const gateway = new Gateway(null);
    const { router } = await open("new", gateway);
    await userEvent.type(label("Name"), "Cross");
    const letGo = gateway.hold();
    await userEvent.click(saveButton());
    await userEvent.type(code(), "# more");
    letGo();

    await screen.findByText("version 1");
    expect(router.state.location.pathname).toBe("/strategies/s1");
    expect(code().value).toMatch(/# more$/);
    expect(document.activeElement).toBe(code());
    await waitFor(() => expect(saveButton().disabled).toBe(false));
  });

  it("is the same by Ctrl S as by the button, and happens once at a time", async () => {
    const gateway = new Gateway(null);
    await open("new", gateway);
    await userEvent.type(label("Name"), " Cross ");
    await userEvent.clear(label("Symbol"));
    await userEvent.type(label("Symbol"), "btc/usd");
    const letGo = gateway.hold();
    await userEvent.click(code());
    await userEvent.keyboard("{Control>}s{/Control}");
    await userEvent.keyboard("{Control>}s{/Control}");
    letGo();

    await screen.findByText("version 1");
    expect(gateway.saves).toHaveLength(1);
    expect(gateway.saves[0]?.body).toMatchObject({ name: "Cross", symbol: "BTC/USD" });
    expect(label("Symbol").value).toBe("BTC/USD");
  });

  it("sends only what was changed here", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(label("Name"), "over");
    gateway.strategy = changed(saved, { symbol: "QQQ" });
    await userEvent.click(saveButton());

    await waitFor(() => expect(label("Symbol").value).toBe("QQQ"));
    expect(gateway.strategy).toMatchObject({ name: "Crossover", symbol: "QQQ" });
  });
});

describe("a version saved elsewhere", () => {
  it("is shown where nothing was changed here", async () => {
    const gateway = new Gateway(saved);
    const { client } = await open("s1", gateway);
    gateway.strategy = changed(saved, { code: "theirs" });
    await client.invalidateQueries({ queryKey: strategyQuery("s1").queryKey });

    await screen.findByText("version 5");
    expect(code().value).toBe("theirs");
    expect(saveButton().disabled).toBe(true);
  });

  it("is not written over without a word", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " mine");
    gateway.strategy = changed(saved, { code: "theirs" });
    await userEvent.click(saveButton());

    expect((await screen.findByRole("alert")).textContent).toMatch(/Version 5 was saved elsewhere while you edited version 4/);
    expect(gateway.strategy.code).toBe("theirs");
    expect(screen.getByText("version 4")).toBeTruthy();
    expect(code().value).toBe("one mine");
  });

  it("is written over when its owner says so", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " mine");
    gateway.strategy = changed(saved, { code: "theirs" });
    await userEvent.click(saveButton());
    await userEvent.click(await screen.findByRole("button", { name: "Save mine as a new version" }));

    await screen.findByText("version 6");
    expect(gateway.strategy.code).toBe("one mine");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("does not hide why writing over it failed", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " mine");
    gateway.strategy = changed(saved, { code: "theirs" });
    await userEvent.click(saveButton());
    const again = await screen.findByRole("button", { name: "Save mine as a new version" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await userEvent.click(again);

    expect(await screen.findByText(/The gateway does not answer/)).toBeTruthy();
    expect(screen.getByText(/Version 5 was saved elsewhere/)).toBeTruthy();
  });

  it("takes the place of what was changed here when its owner says so", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " mine");
    gateway.strategy = changed(saved, { code: "theirs" });
    await userEvent.click(saveButton());
    await userEvent.click(await screen.findByRole("button", { name: /Load version 5/ }));

    await screen.findByText("version 5");
    expect(code().value).toBe("theirs");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is no other when it is what was typed here: a save whose answer was lost", async () => {
    const gateway = new Gateway(saved);
    await open("s1", gateway);
    await userEvent.type(code(), " mine");
    gateway.strategy = changed(saved, { code: "one mine" });
    await userEvent.click(saveButton());

    await screen.findByText("version 5");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("what is typed and not saved", () => {
  it("is not asked about when the sign-in ends, and offered afterwards", async () => {
    const confirm = vi.fn<() => boolean>();
    vi.stubGlobal("confirm", confirm);
    const gateway = new Gateway(saved);
    await signInEnds(gateway);

    await open("s1", gateway);
    expect(code().value).toBe("one");
    await userEvent.click(screen.getByRole("button", { name: "Restore" }));
    expect(code().value).toBe("one mine");
    expect(confirm).not.toHaveBeenCalled();

    await userEvent.click(saveButton());
    await screen.findByText("version 5");
    cleanup();
    await open("s1", gateway);
    expect(screen.queryByRole("button", { name: "Restore" })).toBeNull();
  });

  it("does not write over what was saved elsewhere since", async () => {
    const gateway = new Gateway(saved);
    await signInEnds(gateway);
    gateway.strategy = changed(saved, { code: "theirs" });

    await open("s1", gateway);
    await userEvent.click(screen.getByRole("button", { name: "Restore" }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/Version 5 was saved elsewhere while you edited version 4/);
  });

  it("is gone when it was refused, or given up on leaving", async () => {
    const gateway = new Gateway(saved);
    await signInEnds(gateway);
    const { unmount } = await open("s1", gateway);
    await userEvent.click(screen.getByRole("button", { name: "Discard" }));
    unmount();

    vi.stubGlobal("confirm", () => true);
    const { router } = await open("s1", gateway);
    expect(screen.queryByRole("button", { name: "Restore" })).toBeNull();
    await userEvent.type(code(), " more");
    await router.navigate({ to: "/sessions" });
    await screen.findByText("elsewhere");
    cleanup();

    await open("s1", gateway);
    expect(screen.queryByRole("button", { name: "Restore" })).toBeNull();
  });

  it("is another's business when another signs in", async () => {
    const gateway = new Gateway(saved);
    await signInEnds(gateway);

    await open("s1", gateway, "8");
    expect(screen.queryByRole("button", { name: "Restore" })).toBeNull();
  });

  it("is not kept for the next new strategy once it is saved as one", async () => {
    const gateway = new Gateway(null);
    const { unmount } = await open("new", gateway);
    await userEvent.type(label("Name"), "Cross");
    await userEvent.click(saveButton());
    await screen.findByText("version 1");
    unmount();

    await open("new", gateway);
    expect(screen.queryByRole("button", { name: "Restore" })).toBeNull();
  });
});
