import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Problem } from "../api/problem";

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What will happen, also to open orders. */
  children: ReactNode;
  /** Says exactly what the button does. */
  action: string;
  /** The same of the button that does nothing. */
  dismiss?: string;
  busy: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that can't be taken back. */
export function Confirm({ opened, title, children, action, dismiss = "Keep it", busy, error, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <Text component="div" size="sm">
        {children}
      </Text>
      {error === null ? null : (
        <Text size="sm" c="var(--sf-down)" mt="sm" role="alert">
          {error instanceof Problem ? error.message : "That failed."}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} disabled={busy}>
          {dismiss}
        </Button>
        <Button color="sell" onClick={onConfirm} loading={busy}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
