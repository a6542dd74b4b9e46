import { Button, Group, Text } from "@mantine/core";
import { Problem } from "../api/problem";
import type { Older } from "../api/useCursorList";

/** Below a list that goes on. */
export function LoadOlder({ load, busy, error }: Older) {
  return load === undefined && !busy ? null : (
    <Group justify="center" gap="xs" p="xs">
      {error === null ? null : (
        <Text size="sm" c="var(--sf-down)" role="alert">
          {error instanceof Problem ? error.message : "Older rows did not come."}
        </Text>
      )}
      <Button size="compact-sm" variant="default" onClick={load} loading={busy}>
        {error === null ? "Show older" : "Try again"}
      </Button>
    </Group>
  );
}
