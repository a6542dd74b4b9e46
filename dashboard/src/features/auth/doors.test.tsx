import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RegisterPage } from "./RegisterPage";
import { SetPasswordPage } from "./SetPasswordPage";
import { SignInPage } from "./SignInPage";

const user = { id: "7", email: "ada@example.org", username: "ada", role: "user" };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** The door alone, with a gateway behind it that answers as told. */
function openDoor(at: string, answer: () => Response, isOpen = true) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    if (request.method === "GET") {
      return Promise.resolve(json(200, { open: isOpen }));
    }

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
  const register = createRoute({ getParentRoute: () => root, path: "/register", component: RegisterPage });
  const setPassword = createRoute({ getParentRoute: () => root, path: "/set-password", component: SetPasswordPage });
  const rest = createRoute({ getParentRoute: () => root, path: "/$", component: () => <p>inside</p> });
  const router = createRouter({
    routeTree: root.addChildren([signIn, register, setPassword, rest]),
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

describe("where registration is closed", () => {
  it("says whom to ask, and shows no form", async () => {
    openDoor("/app/register", () => json(201, { user }), false);

    expect(await screen.findByText(/Nobody can register here/)).toBeTruthy();
    expect(screen.queryByLabelText("Email")).toBeNull();
  });

  it("leads nobody to it", async () => {
    openDoor("/app/signin", () => json(200, { user }), false);

    expect(await screen.findByText(/Ask whoever runs this platform/)).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Register" })).toBeNull();
  });

  it("has a form again once it is open", async () => {
    openDoor("/app/register", () => json(201, { user }));

    expect(await screen.findByLabelText("Email")).toBeTruthy();
  });
});

describe("setting a password by a link", () => {
  it("sends the code of the link, and is signed in then", async () => {
    const { asked } = openDoor("/app/set-password#the-code", () => json(200, { user }));
    expect(await screen.findByLabelText("New password")).toBeTruthy();
    expect(screen.queryByLabelText("Code")).toBeNull();

    await userEvent.type(screen.getByLabelText("New password"), "correct horse battery");
    await userEvent.click(screen.getByRole("button", { name: "Set the password" }));

    await screen.findByText("inside");
    expect(await asked[0]?.json()).toEqual({ code: "the-code", newPassword: "correct horse battery" });
  });

  it("says what to do about a link that is over", async () => {
    openDoor("/app/set-password#the-code", () => json(400, { code: "password-code-invalid" }));

    await userEvent.type(await screen.findByLabelText("New password"), "correct horse battery");
    await userEvent.click(screen.getByRole("button", { name: "Set the password" }));

    expect((await screen.findByRole("alert")).textContent).toContain("Ask for another one.");
  });

  it("takes the code by hand where the address has none", async () => {
    const { asked } = openDoor("/app/set-password", () => json(200, { user }));

    await userEvent.type(await screen.findByLabelText("New password"), "correct horse battery");
    await userEvent.click(screen.getByRole("button", { name: "Set the password" }));
    expect(await screen.findByText("Write the code you were given.")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Code"), " the-code ");
    await userEvent.click(screen.getByRole("button", { name: "Set the password" }));

    await screen.findByText("inside");
    expect(await asked[0]?.json()).toMatchObject({ code: "the-code" });
  });
});
