import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Secret } from "./Secret";

interface SecretDialogProps {
  /** Null while there is nothing to show. */
  secret: string | null;
  title: string;
  /** What it is for, and that it is not shown again. */
  children: ReactNode;
  onClose: () => void;
}

/** Shows a secret this once. A click beside it doesn't take it away. */
export function SecretDialog({ secret, title, children, onClose }: SecretDialogProps) {
  return (
    <Modal opened={secret !== null} onClose={onClose} title={title} centered closeOnClickOutside={false}>
      <Text size="sm" component="div">
        {children}
      </Text>
      {secret === null ? null : <Secret text={secret} />}
      <Group justify="flex-end" mt="md">
        <Button onClick={onClose}>I have it</Button>
      </Group>
    </Modal>
  );
}
