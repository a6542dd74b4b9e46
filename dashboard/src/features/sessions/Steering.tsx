import { Button, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconTrendingDown } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, gateway } from "../../api/client";
import type { Session, StopPolicy } from "../../api/types";
import { isOpen, stopPolicies } from "../../lib/status";
import { Confirm } from "../../ui/Confirm";
import { complain } from "../../ui/complain";

/** What an owner may do with a session in the state it is in. */
export function Steering({ session }: { session: Session }) {
  if (!isOpen(session.status) && session.status !== "STOPPING") {
    return null;
  }

  return (
    <>
      <PauseOrResume session={session} />
      <ReduceOnly session={session} />
      <StopSession session={session} />
    </>
  );
}

/** Sends a command, says what came of it, and shows the session as it is then. */
function useCommand(call: () => Promise<{ message: string }>, onDone?: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: async ({ message }) => {
      onDone?.();
      notifications.show({ message });
      await cache.invalidateQueries({ queryKey: ["sessions"] });
    },
    onError: (error) => {
      if (onDone === undefined) {
        complain(error);
      }
    },
  });
}

const path = (session: Session) => ({ params: { path: { id: session.id } } });

function PauseOrResume({ session }: { session: Session }) {
  const paused = session.status === "PAUSED";
  const command = useCommand(() =>
    answered(paused ? gateway.POST("/api/sessions/{id}/resume", path(session)) : gateway.POST("/api/sessions/{id}/pause", path(session))),
  );
  if (!paused && session.status !== "RUNNING") {
    return null;
  }

  return (
    <Button
      size="compact-md"
      variant="default"
      loading={command.isPending}
      leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
      title={paused ? "Its signals are taken again." : "Bars go on feeding it; its signals are refused until you resume it."}
      onClick={() => command.mutate()}
    >
      {paused ? "Resume" : "Pause"}
    </Button>
  );
}

function ReduceOnly({ session }: { session: Session }) {
  const on = session.tradingMode === "reduce_only";
  const command = useCommand(() =>
    answered(gateway.POST("/api/sessions/{id}/reduce-only", { ...path(session), body: { enabled: !on } })),
  );
  if (!["STARTING", "RUNNING", "PAUSED"].includes(session.status) || session.mode === "OBSERVE" || !["normal", "reduce_only"].includes(session.tradingMode)) {
    return null;
  }

  return (
    <Button
      size="compact-md"
      variant="default"
      loading={command.isPending}
      aria-pressed={on}
      leftSection={<IconTrendingDown size={16} aria-hidden />}
      title={on ? "Let it open positions again." : "Take only signals that make its position smaller."}
      onClick={() => command.mutate()}
    >
      {on ? "Trade again" : "Reduce only"}
    </Button>
  );
}

function StopSession({ session }: { session: Session }) {
  const [opened, dialog] = useDisclosure(false);
  const [policy, setPolicy] = useState<StopPolicy>(session.stopPolicy);
  const stopping = session.status === "STOPPING";
  const stop = useCommand(
    () => answered(gateway.POST("/api/sessions/{id}/stop", { ...path(session), body: { policy } })),
    dialog.close,
  );

  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => {
          stop.reset();
          setPolicy(session.stopPolicy);
          dialog.open();
        }}
      >
        {stopping ? "Stop differently" : "Stop"}
      </Button>
      <Confirm
        opened={opened}
        title={`Stop ${session.strategyName} on ${session.symbol}?`}
        action={stopping ? "Change how it stops" : "Stop the session"}
        busy={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={dialog.close}
      >
        The strategy gets no more bars, and no new signal of it is taken. A stopped session can&apos;t go on; start a new one instead.
        <StopPolicies value={policy} onChange={setPolicy} />
      </Confirm>
    </>
  );
}

/** What becomes of orders and positions, each choice with its consequence. */
export function StopPolicies({ value, onChange }: { value: StopPolicy; onChange: (policy: StopPolicy) => void }) {
  return (
    <Radio.Group
      label="Its orders and what it holds"
      mt="sm"
      value={value}
      onChange={(chosen) => onChange(chosen as StopPolicy)}
    >
      <Stack gap={6} mt={4}>
        {stopPolicies.map(({ value: policy, label, says }) => (
          <Radio key={policy} value={policy} label={label} description={<Text component="span" size="xs">{says}</Text>} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
