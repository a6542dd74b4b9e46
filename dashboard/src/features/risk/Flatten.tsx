import { Confirm } from "../../ui/Confirm";
import { useSetMode } from "./useSetMode";

/** Closes all the user has, once it is certain that this is meant. */
export function Flatten({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const set = useSetMode({ onDone: onClose });
  return (
    <Confirm
      opened={opened}
      title="Close everything?"
      action="Close everything"
      dismiss="Keep it all"
      busy={set.isPending}
      error={set.error}
      onConfirm={() => set.mutate("flatten")}
      onClose={() => {
        set.reset();
        onClose();
      }}
    >
      All your open orders are canceled, and all you hold is sold or bought back at the market, whichever session or hand it is of. Your sessions go on, but what they open is
      refused, and what still fills is closed again, until you end it. What was sold does not come back.
    </Confirm>
  );
}
