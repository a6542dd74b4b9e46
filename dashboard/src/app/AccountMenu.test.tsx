import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter, useBlocker } from "@tanstack/react-router";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { meQuery } from "../api/queries";
import type { User } from "../api/types";
import { AccountMenu } from "./AccountMenu";
import { makeQueryClient } from "./queryClient";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Guarded() {
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: false });
  return <AccountMenu />;
}

const trading = (mode: string) => Response.json({ mode, effective: mode, reason: null, setAt: null, switches: [], flatten: null });

/** Opens the menu, over a gateway that answers commands as told. */
async function openMenu(answer: (request: Request) => Promise<Response>, mode = "normal") {
  vi.stubGlobal("fetch", (request: Request) => (request.method === "GET" ? Promise.resolve(trading(mode)) : answer(request)));
  const client = makeQueryClient(() => undefined);
  client.setQueryData(meQuery.queryKey, { id: "7", username: "ada", email: "ada@example.org" } as User);
  const root = createRootRoute();
  const home = createRoute({ getParentRoute: () => root, path: "/", component: Guarded });
  const signIn = createRoute({ getParentRoute: () => root, path: "/signin", component: () => <p>the door</p> });
  const router = createRouter({ routeTree: root.addChildren([home, signIn]), history: createMemoryHistory({ initialEntries: ["/"] }) });
  render(
    <MantineProvider env="test">
      <Notifications />
      <QueryClientProvider client={client}>
        {/* A tree of this test's own is not the registered one. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await userEvent.click(await screen.findByRole("button", { name: "Your account" }));
}

async function signOut(answer: () => Promise<Response>) {
  await openMenu(answer);
  await userEvent.click(await screen.findByText("Sign out"));
}

describe("signing out", () => {
  it.each([204, 401])("leads to the sign-in when the gateway answers %i, whatever is not saved", async (status) => {
    await signOut(() => Promise.resolve(new Response(null, { status })));

    expect(await screen.findByText("the door")).toBeTruthy();
  });

  it("does not look done when no answer came: the cookie still counts", async () => {
    await signOut(() => Promise.reject(new TypeError("Failed to fetch")));

    expect(await screen.findByText(/You are still signed in/)).toBeTruthy();
    expect(screen.queryByText("the door")).toBeNull();
  });
});

/** Chooses an item of the menu; gives what the gateway was asked to set. */
async function choose(label: RegExp, mode = "normal"): Promise<string[]> {
  const set: string[] = [];
  await openMenu(async (request) => {
    const body = (await request.json()) as { mode: string };
    set.push(`${request.method} ${new URL(request.url).pathname} ${body.mode}`);
    return trading(body.mode);
  }, mode);
  await userEvent.click(await screen.findByRole("menuitem", { name: label }));
  return set;
}

describe("the user's own switch", () => {
  it.each([
    ["Reduce only", "reduce_only"],
    ["Pause trading", "pause"],
  ])("is set at once: %s", async (label, mode) => {
    const set = await choose(new RegExp(label));

    await waitFor(() => expect(set).toEqual([`PUT /api/users/me/trading-mode ${mode}`]));
  });

  it("closes everything after a question only", async () => {
    const set = await choose(/Close everything/);
    await screen.findByRole("dialog", { name: "Close everything?" });
    expect(set).toEqual([]);

    await userEvent.click(screen.getByRole("button", { name: "Close everything" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(set).toEqual(["PUT /api/users/me/trading-mode flatten"]);
  });

  it("is not offered as it is set", async () => {
    const set = await choose(/Trade again/, "pause");

    await waitFor(() => expect(set).toEqual(["PUT /api/users/me/trading-mode normal"]));
    cleanup();

    await openMenu(() => Promise.reject(new TypeError("Failed to fetch")), "pause");
    await screen.findByRole("menuitem", { name: /Trade again/ });
    expect(screen.queryByRole("menuitem", { name: /Pause/ })).toBeNull();
  });

  it("that could not be set says so", async () => {
    await openMenu(() => Promise.resolve(Response.json({ code: "temporarily-unavailable", detail: "A store does not answer." }, { status: 503 })));
    await userEvent.click(await screen.findByRole("menuitem", { name: /Pause trading/ }));

    expect(await screen.findByText("A store does not answer.")).toBeTruthy();
  });
});
