import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { answered, gateway } from "../../api/client";
import type { Strategy } from "../../api/types";
import { Confirm } from "../../ui/Confirm";

/** Deletes a strategy, after a question. */
export function DeleteStrategy({ strategy, onDeleted }: { strategy: Strategy; onDeleted: () => void }) {
  const [opened, dialog] = useDisclosure(false);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answered(gateway.DELETE("/api/strategies/{id}", { params: { path: { id: strategy.id } } })),
    onSuccess: async () => {
      onDeleted();
      // What is not saved of it goes with it, so nobody is asked about that.
      await navigate({ to: "/strategies", ignoreBlocker: true });
      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
  });

  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          remove.reset();
          dialog.open();
        }}
      >
        Delete
      </Button>
      <Confirm
        opened={opened}
        title={`Delete ${strategy.name}?`}
        action="Delete the strategy"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={dialog.close}
      >
        It can&apos;t be started any more. What its sessions traded stays in your history. While one of them runs, it is not deleted.
      </Confirm>
    </>
  );
}
