import { Notifications, notifications } from "@mantine/notifications";
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { showPage, standInGateway } from "../../testing/showPage";
import { AccountPage } from "./AccountPage";

const reader = { id: "1", name: "The reader", prefix: "sf_abcdefgh", createdAt: "2026-01-05T16:00:00Z", lastUsedAt: null };

afterEach(() => {
  cleanup();
  notifications.clean();
  vi.unstubAllGlobals();
});

/** The page, over a gateway with these keys that answers commands as told. Gives what it was asked to do. */
function show(keys: unknown[], answer: (request: Request) => Response = () => new Response(null, { status: 204 }), signIns: unknown[] = []): string[] {
  const asked: string[] = [];
  standInGateway(async (path, _, request) => {
    if (request.method !== "GET") {
      asked.push(`${request.method} ${path} ${await request.clone().text()}`.trim());
      return answer(request);
    }

    return path === "/api/users/me" ? { id: "7", email: "ada@example.org", username: "ada", role: "user" }
      : path === "/api/users/me/api-keys" ? { items: keys }
      : path === "/api/users/me/sign-ins" ? { items: signIns, nextCursor: null }
      : undefined;
  });
  showPage(() => (
    <>
      <Notifications />
      <AccountPage />
    </>
  ));
  return asked;
}

describe("API keys", () => {
  it("says what they are for while there are none", async () => {
    show([]);

    expect(await screen.findByText(/A key lets a program of yours/)).toBeTruthy();
  });

  it("shows by what to tell them apart, and whether one was ever used", async () => {
    show([reader]);
    const row = within(await screen.findByRole("row", { name: /The reader/ }));

    expect(row.getAllByText("sf_abcdefgh…")).toHaveLength(2);
    expect(row.getByText("Never")).toBeTruthy();
  });

  it("shows a new one once, to be copied", async () => {
    const asked = show([], () => Response.json({ apiKey: reader, key: "sf_abcdefgh-and-the-rest" }, { status: 201 }));
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "New key" }));
    await user.type(await screen.findByLabelText("Name"), " The reader ");
    await user.click(screen.getByRole("button", { name: "Make the key" }));

    const dialog = within(await screen.findByRole("dialog", { name: "API key of The reader" }));
    expect(asked).toEqual(['POST /api/users/me/api-keys {"name":"The reader"}']);
    await user.click(dialog.getByRole("button", { name: "Copy" }));
    expect(await navigator.clipboard.readText()).toBe("sf_abcdefgh-and-the-rest");
    expect(dialog.getByRole("status").textContent).toBe("Copied.");

    await user.click(dialog.getByRole("button", { name: "I have it" }));
    await vi.waitFor(() => expect(screen.queryByText("sf_abcdefgh-and-the-rest")).toBeNull());
  });

  it("says why one is not made", async () => {
    show([reader], () => Response.json({ code: "too-many-api-keys", detail: "You have 20 API keys." }, { status: 409 }));
    await userEvent.click(await screen.findByRole("button", { name: "New key" }));
    await userEvent.type(await screen.findByLabelText("Name"), "Another");
    await userEvent.click(screen.getByRole("button", { name: "Make the key" }));

    expect((await screen.findByRole("alert")).textContent).toBe("You have 20 API keys.");
  });

  it("revokes one after a question only", async () => {
    const asked = show([reader]);
    await userEvent.click(await screen.findByRole("button", { name: "Revoke The reader" }));
    await screen.findByRole("dialog", { name: "Revoke The reader?" });
    expect(asked).toEqual([]);

    await userEvent.click(screen.getByRole("button", { name: "Revoke the key" }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(asked).toEqual(["DELETE /api/users/me/api-keys/1"]);
  });
});

const signIn = (id: string, isCurrent: boolean) => ({
  id,
  beganAt: `2026-01-0${id}T16:00:00Z`,
  refreshedAt: `2026-01-0${id}T16:00:00Z`,
  expiresAt: "2026-02-05T16:00:00Z",
  isCurrent,
});

describe("sign-ins", () => {
  it("are ended after a question, but not the one in use", async () => {
    const asked = show([], undefined, [signIn("2", true), signIn("1", false)]);
    expect(await screen.findByText("This one")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: /^End the sign-in of 1 Jan/ }));
    await screen.findByRole("dialog", { name: "End this sign-in?" });
    expect(asked).toEqual([]);

    await userEvent.click(screen.getByRole("button", { name: "End the sign-in" }));
    await vi.waitFor(() => expect(asked).toEqual(["DELETE /api/users/me/sign-ins/1"]));
  });
});

const change = async (): Promise<void> => {
  await userEvent.type(await screen.findByLabelText("Current password"), "correct horse");
  await userEvent.type(screen.getByLabelText("New password"), "another password");
  await userEvent.click(screen.getByRole("button", { name: "Change the password" }));
};

describe("the password", () => {
  it("is changed, and both fields are empty then", async () => {
    const asked = show([], () => Response.json({ user: {} }));
    await change();

    expect(await screen.findByText(/Your password is changed/)).toBeTruthy();
    expect(asked).toEqual(['POST /api/auth/change-password {"currentPassword":"correct horse","newPassword":"another password"}']);
    expect(screen.getByLabelText("Current password")).toHaveProperty("value", "");
  });

  it("says which of the two is wrong", async () => {
    show([], () => Response.json({ code: "wrong-password", detail: "The current password is another one." }, { status: 403 }));
    await change();

    expect(await screen.findByText("The current password is another one.")).toBeTruthy();
    expect(screen.getByLabelText("Current password").dataset["invalid"]).toBe("true");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is not asked for when it is too short", async () => {
    const asked = show([]);
    await userEvent.type(await screen.findByLabelText("Current password"), "correct horse");
    await userEvent.type(screen.getByLabelText("New password"), "short");
    await userEvent.click(screen.getByRole("button", { name: "Change the password" }));

    expect(await screen.findByText("Use at least 10 characters.")).toBeTruthy();
    expect(asked).toEqual([]);
  });
});
