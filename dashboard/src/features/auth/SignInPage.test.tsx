import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SignInPage } from "./SignInPage";

const user = { id: "7", email: "ada@example.org", username: "ada", role: "user" };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** The door alone, with a gateway behind it that answers as told. */
function openDoor(at: string, answer: () => Response) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    return Promise.resolve(answer());
  });

  const root = createRootRoute();
  const signIn = createRoute({
    getParentRoute: () => root,
    path: "/signin",
    validateSearch: (search: Record<string, unknown>) => search as { returnTo?: string },
    component: SignInPage,
  });
  const register = createRoute({ getParentRoute: () => root, path: "/register", component: () => <p>register</p> });
  const rest = createRoute({ getParentRoute: () => root, path: "/$", component: () => <p>inside</p> });
  const router = createRouter({
    routeTree: root.addChildren([signIn, register, rest]),
    basepath: "/app",
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        {/* A tree of this test's own is not the registered one. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { asked, router };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers },
  });

async function enter(email: string, password: string): Promise<void> {
  await userEvent.type(await screen.findByLabelText("Email"), email);
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("signing in", () => {
  it("proves that this page asks, and returns to the page that was wanted", async () => {
    const { asked, router } = openDoor("/app/signin?returnTo=%2Fsessions%2F42", () => json(200, { user }));

    await enter(" ada@example.org ", "correct horse");

    await screen.findByText("inside");
    expect(router.state.location.href).toBe("/sessions/42");
    expect(asked[0]?.headers.get("X-SF-Client")).toBe("dashboard");
    expect(await asked[0]?.json()).toEqual({ email: "ada@example.org", password: "correct horse" });
  });

  it("says in words why it was refused", async () => {
    openDoor("/app/signin", () => json(401, { code: "wrong-credentials" }));

    await enter("ada@example.org", "wrong");

    expect((await screen.findByRole("alert")).textContent).toContain("The email address or the password is wrong.");
  });

  it("puts what is wrong with a field below that field", async () => {
    openDoor("/app/signin", () => json(400, { code: "validation", errors: { email: ["is not known here."] } }));

    await enter("ada@example.org", "correct horse");

    expect(await screen.findByText("Is not known here.")).toBeTruthy();
    expect(screen.getByLabelText("Email").getAttribute("aria-invalid")).toBe("true");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("does not ask the gateway about what is no address", async () => {
    const { asked } = openDoor("/app/signin", () => json(200, { user }));

    await enter("ada", "correct horse");

    expect(await screen.findByText(/Write an email address/)).toBeTruthy();
    expect(asked).toHaveLength(0);
  });

  it("counts down the wait it is told to keep", async () => {
    openDoor("/app/signin", () => json(429, { code: "too-many-requests" }, { "Retry-After": "9" }));

    await enter("ada@example.org", "correct horse");

    expect((await screen.findByRole("alert")).textContent).toContain("Next try in 9 s.");
    expect(screen.getByRole("button", { name: "Sign in" })).toHaveProperty("disabled", true);
  });
});
