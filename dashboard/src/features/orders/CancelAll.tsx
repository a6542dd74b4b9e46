import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Confirm } from "../../ui/Confirm";
import { useCancelAll } from "./useCancels";

/** Takes every open order back, after a question. */
export function CancelAll() {
  const [opened, dialog] = useDisclosure(false);
  const cancel = useCancelAll(dialog.close);
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => {
          cancel.reset();
          dialog.open();
        }}
      >
        Cancel all
      </Button>
      <Confirm
        opened={opened}
        title="Cancel all open orders?"
        action="Cancel all orders"
        dismiss="Keep them"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={dialog.close}
      >
        All your open orders are canceled: those by hand, those of your sessions, and the exits that protect what you hold. What you hold stays. Sessions go on and may order
        anew; pause trading first if they are not to.
      </Confirm>
    </>
  );
}
