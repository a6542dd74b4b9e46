import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../../testing/showPage";
import { UsersPage } from "./UsersPage";

const account = (id: string, username: string, more: object = {}) => ({
  id,
  username,
  email: `${username}@example.org`,
  role: "user",
  state: "active",
  createdAt: "2026-01-05T16:00:00Z",
  lockedAt: null,
  lockReason: null,
  passwordLinkExpiresAt: null,
  tradingMode: "normal",
  openSessions: 0,
  ...more,
});

const boss = account("1", "boss", { role: "admin" });
const ada = account("2", "ada");
const bob = account("3", "bob", { state: "locked", lockedAt: "2026-01-06T09:30:00Z", lockReason: "Who is this?", tradingMode: "pause" });
const link = { code: "the-code", expiresAt: "2026-01-06T10:30:00Z" };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

interface Shown {
  role?: string;
  changes?: unknown[];
  answer?: (request: Request) => unknown;
}

/** The page, over a gateway that answers commands as told. Gives what it was asked to do, and which accounts to list. */
function show({ role = "admin", changes = [], answer = () => ada }: Shown = {}) {
  const done: string[] = [];
  const lists: string[] = [];
  standInGateway(async (path, query, request) => {
    if (request.method !== "GET") {
      done.push(`${request.method} ${path} ${await request.clone().text()}`.trim());
      return answer(request);
    }

    switch (path) {
      case "/api/users/me":
        return { ...boss, role };
      case "/api/admin/users":
        lists.push(`${query.get("search") ?? ""} ${query.get("state") ?? ""}`);
        return query.get("search") === "nobody" ? undefined : { items: [boss, ada, bob], nextCursor: null };
      case "/api/admin/account-changes":
        return { items: changes, nextCursor: null };
      default:
        return undefined;
    }
  });
  showPage(UsersPage);
  return { done, lists };
}

const choose = async (username: string, item: string): Promise<void> => {
  await userEvent.click(await screen.findByRole("button", { name: `What to do with ${username}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: item }));
};

describe("the users", () => {
  it("are nothing for whoever is no admin", async () => {
    const { lists } = show({ role: "user" });

    expect(await screen.findByText("Only an admin sees this page.")).toBeTruthy();
    expect(lists).toEqual([]);
  });

  it("are listed with who gets in and who trades", async () => {
    show();
    const row = within(await screen.findByRole("row", { name: /bob/ }));

    expect(row.getByText("Locked").title).toContain("Who is this?");
    expect(row.getByText("Trading paused")).toBeTruthy();
    expect(within(screen.getByRole("row", { name: /boss/ })).getByText("You")).toBeTruthy();
  });

  it("are searched once somebody has stopped typing, and by state", async () => {
    const { lists } = show();
    // At once: between keys that come slowly it would ask.
    await userEvent.click(await screen.findByLabelText("Search by email or name"));
    await userEvent.paste("nobody");
    expect(await screen.findByText("No account is like that.")).toBeTruthy();
    await userEvent.click(screen.getByText("Locked", { selector: "span" }));

    await vi.waitFor(() => expect(lists).toContain("nobody locked"));
    expect(new Set(lists)).toEqual(new Set([" ", "nobody ", "nobody locked"]));
  });

  it("are locked after a question, with a reason for other admins", async () => {
    const { done } = show();
    await choose("ada", "Lock");
    await userEvent.type(await screen.findByLabelText("Reason"), " Shared it. ");
    expect(done).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Lock the account" }));

    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(done).toEqual(['PUT /api/admin/users/2/lock {"reason":"Shared it."}']);
  });

  it("stay unlocked when the gateway refuses, which says why", async () => {
    show({ answer: () => Response.json({ code: "last-admin", detail: "This is the last admin who can sign in." }, { status: 409 }) });
    await choose("ada", "Lock");
    await userEvent.click(await screen.findByRole("button", { name: "Lock the account" }));

    expect((await screen.findByRole("alert")).textContent).toContain("last admin");
  });

  it("are unlocked at once, and may not trade before that", async () => {
    const { done } = show();
    await userEvent.click(await screen.findByRole("button", { name: "What to do with bob" }));
    await screen.findByRole("menuitem", { name: "Unlock" });
    expect(screen.queryByRole("menuitem", { name: "Let them trade again" })).toBeNull();
    expect(screen.queryByRole("menuitem", { name: "Make a password link" })).toBeNull();

    await userEvent.click(screen.getByRole("menuitem", { name: "Unlock" }));
    await vi.waitFor(() => expect(done).toEqual(["DELETE /api/admin/users/3/lock"]));
  });

  it("get a link to a new password, shown once", async () => {
    const { done } = show({ answer: () => link });
    await choose("ada", "Make a password link");
    await userEvent.click(await screen.findByRole("button", { name: "Make the link" }));

    const dialog = within(await screen.findByRole("dialog", { name: "Password link for ada" }));
    expect(dialog.getByText(`${location.origin}/app/set-password#the-code`)).toBeTruthy();
    expect(done).toEqual(["POST /api/admin/users/2/password-link"]);
  });

  it("get an account, and a link with it", async () => {
    const { done } = show({ answer: () => Response.json({ user: account("4", "kim"), link }, { status: 201 }) });
    await userEvent.click(await screen.findByRole("button", { name: "New user" }));
    await userEvent.type(await screen.findByLabelText("Email"), " kim@example.org ");
    await userEvent.type(screen.getByLabelText("Name"), "kim");
    await userEvent.click(screen.getByRole("button", { name: "Open the account" }));

    await screen.findByRole("dialog", { name: "Password link for kim" });
    expect(done).toEqual(['POST /api/admin/users {"email":"kim@example.org","username":"kim"}']);
  });

  it("have everything closed after a question", async () => {
    const { done } = show();
    await choose("bob", "Close everything");
    await userEvent.click(await screen.findByRole("button", { name: "Close everything" }));

    await vi.waitFor(() => expect(done).toEqual(['PUT /api/admin/users/3/trading-mode {"mode":"flatten"}']));
  });
});

it("says what was done to whom, by whom and why", async () => {
  show({
    changes: [
      { id: 1, at: "2026-01-06T09:30:00Z", actorId: "1", actorName: "boss", action: "user_locked", userId: "3", userName: "bob", reason: "Who is this?" },
    ],
  });

  expect(await screen.findByText("boss", { selector: "b" })).toBeTruthy();
  expect(screen.getByText(/locked bob: Who is this\?/)).toBeTruthy();
});
