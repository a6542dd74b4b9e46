import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** A page's one first-level heading, its actions, and the name of the browser's tab. */
export function PageHead({ title, aside, actions }: { title: string; aside?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · StratForge`;
  }, [title]);

  return (
    <Group justify="space-between" gap="sm" mb="sm">
      <Group gap="sm">
        <Title order={1}>{title}</Title>
        {aside}
      </Group>
      {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
