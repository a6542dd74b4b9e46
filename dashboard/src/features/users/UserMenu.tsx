import { ActionIcon, Menu, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, gateway } from "../../api/client";
import { usersKey } from "../../api/queries";
import type { TradingMode, UserAccount } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { complain } from "../../ui/complain";
import type { LinkOf } from "./words";

type Deed = "lock" | "link" | "flatten";

const titleOf: Readonly<Record<Deed, (name: string) => string>> = {
  lock: (name) => `Lock ${name}?`,
  link: (name) => `A password link for ${name}?`,
  flatten: (name) => `Close everything ${name} holds?`,
};

const actionOf: Readonly<Record<Deed, string>> = { lock: "Lock the account", link: "Make the link", flatten: "Close everything" };

const saysOf: Readonly<Record<Deed, string>> = {
  lock:
    "They are signed out everywhere, their API keys are revoked for good, and nothing new is traded for them. Their sessions run on, and open orders stay: " +
    "stops that protect a position among them. Close everything afterwards if you want it gone.",
  link:
    "Whoever has it sets a new password within the hour. That ends every sign-in and revokes all API keys; until then nothing changes. A link that was made " +
    "before counts no more.",
  flatten:
    "Their open orders are canceled and their positions closed at the market. Until you let them trade again, only orders that make a position smaller are taken.",
};

interface UserMenuProps {
  user: UserAccount;
  onLink: (made: LinkOf) => void;
}

/** What an admin does with somebody's account. */
export function UserMenu({ user, onLink }: UserMenuProps) {
  const cache = useQueryClient();
  const [asking, question] = useDisclosure(false);
  // Stays what it was while the question closes.
  const [deed, setDeed] = useState<Deed>("lock");
  const [reason, setReason] = useState("");
  const path = { params: { path: { id: user.id } } };
  const renew = () => cache.invalidateQueries({ queryKey: usersKey });
  const setMode = (mode: TradingMode) => answered(gateway.PUT("/api/admin/users/{id}/trading-mode", { ...path, body: { mode } }));
  const act = useMutation({
    mutationFn: async (wanted: Deed) => {
      switch (wanted) {
        case "lock":
          await answered(gateway.PUT("/api/admin/users/{id}/lock", { ...path, body: { reason: reason.trim() === "" ? null : reason.trim() } }));
          break;
        case "link":
          onLink({ username: user.username, link: await answered(gateway.POST("/api/admin/users/{id}/password-link", path)) });
          break;
        default:
          await setMode("flatten");
      }
    },
    onSuccess: async () => {
      question.close();
      await renew();
    },
  });
  const unlock = useMutation({
    mutationFn: () => answered(gateway.DELETE("/api/admin/users/{id}/lock", path)),
    onSuccess: renew,
    onError: complain,
  });
  const lift = useMutation({ mutationFn: () => setMode("normal"), onSuccess: renew, onError: complain });
  const ask = (wanted: Deed) => {
    act.reset();
    setReason("");
    setDeed(wanted);
    question.open();
  };
  const locked = user.lockedAt !== null;

  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${user.username}`} loading={unlock.isPending || lift.isPending}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {locked ? (
            <Menu.Item onClick={() => unlock.mutate()}>Unlock</Menu.Item>
          ) : (
            <Menu.Item onClick={() => ask("lock")}>Lock</Menu.Item>
          )}
          {locked || user.role === "admin" ? null : <Menu.Item onClick={() => ask("link")}>Make a password link</Menu.Item>}
          <Menu.Divider />
          {user.tradingMode === "flatten" ? null : <Menu.Item onClick={() => ask("flatten")}>Close everything</Menu.Item>}
          {locked || user.tradingMode === "normal" ? null : (
            <Menu.Item onClick={() => lift.mutate()}>Let them trade again</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking}
        title={titleOf[deed](user.username)}
        action={actionOf[deed]}
        dismiss="Cancel"
        busy={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate(deed)}
        onClose={question.close}
      >
        {saysOf[deed]}
        {deed === "lock" ? (
          <TextInput
            mt="sm"
            label="Reason"
            description="For other admins. May stay empty."
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        ) : null}
      </Confirm>
    </>
  );
}
