import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter, useBlocker } from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
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

async function signOut(answer: () => Promise<Response>) {
  vi.stubGlobal("fetch", answer);
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
