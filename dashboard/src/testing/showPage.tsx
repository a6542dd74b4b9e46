import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { makeQueryClient } from "../app/queryClient";

/**
 * A gateway for tests. It answers with what it is told for an address: a body, or an answer as it is; an empty page where that is nothing,
 * which is a bare list where Alpaca's shapes are spoken.
 */
export function standInGateway(answer: (path: string, query: URLSearchParams, request: Request) => unknown): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const body = (await answer(pathname, searchParams, request)) ?? (pathname.startsWith("/trade/") ? [] : { items: [], nextCursor: null });
    return body instanceof Response ? body.clone() : new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  });
}

/** Shows one page or a part of one, where the page's own router would: links lead nowhere. */
export function showPage(component: () => ReactNode, path = "/", at = path): void {
  const root = createRootRoute();
  const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in" });
  const page = createRoute({ getParentRoute: () => signedIn, path, component });
  const rest = createRoute({ getParentRoute: () => root, path: "/$", component: () => null });
  const router = createRouter({
    routeTree: root.addChildren([signedIn.addChildren([page]), rest]),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={makeQueryClient(() => undefined)}>
        {/* A tree of a test's own is not the registered one. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
