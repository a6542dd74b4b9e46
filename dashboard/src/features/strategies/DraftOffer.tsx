import { Alert, Button, Group } from "@mantine/core";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  /** What stands in the form now would be lost: then it has to be saved or undone first. */
  dirty: boolean;
  onRestore: (draft: Draft) => void;
  onDiscard: () => void;
}

/** What was typed here before and not saved. */
export function DraftOffer({ draft, dirty, onRestore, onDiscard }: Props) {
  return (
    <Alert role="status" p="xs" mb="sm">
      You typed something here{draft.version === null ? "" : `, in version ${draft.version},`} that was not saved.
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" onClick={() => onRestore(draft)} disabled={dirty} title={dirty ? "Save or undo what you changed first." : undefined}>
          Restore
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDiscard}>
          Discard
        </Button>
      </Group>
    </Alert>
  );
}
