import { Alert, Button, Group } from "@mantine/core";

interface Props {
  /** The version that was being edited. */
  edited: number;
  newest: number;
  onLoad: () => void;
  onSave: () => void;
}

/** Somebody saved another version meanwhile: neither is thrown away without a word. */
export function Overtaken({ edited, newest, onLoad, onSave }: Props) {
  return (
    <Alert role="alert" color="sell" p="xs" mb="sm">
      Version {newest} was saved elsewhere while you edited version {edited}. Its code is below, under Versions.
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" variant="default" onClick={onLoad}>
          Load version {newest}, drop my changes
        </Button>
        <Button size="compact-sm" variant="default" onClick={onSave}>
          Save mine as a new version
        </Button>
      </Group>
    </Alert>
  );
}
