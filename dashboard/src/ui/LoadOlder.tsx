import { Button, Center } from "@mantine/core";

/** Below a list that goes on. */
export function LoadOlder({ load, busy }: { load: (() => void) | undefined; busy: boolean }) {
  return load === undefined && !busy ? null : (
    <Center p="xs">
      <Button size="compact-sm" variant="default" onClick={load} loading={busy}>
        Show older
      </Button>
    </Center>
  );
}
