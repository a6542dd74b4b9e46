import { Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { strategyQuery } from "../../api/queries";
import type { Strategy } from "../../api/types";
import { complain } from "../../ui/complain";

/** Whether sessions may be started with it; those that run go on. */
export function Toggle({ strategy }: { strategy: Strategy }) {
  const cache = useQueryClient();
  const toggle = useMutation({
    mutationFn: () =>
      answered(gateway.PATCH("/api/strategies/{id}/toggle", { params: { path: { id: strategy.id } }, body: { enabled: !strategy.enabled } })),
    onSuccess: async (changed) => {
      cache.setQueryData(strategyQuery(changed.id).queryKey, changed);
      notifications.show({ message: changed.enabled ? "Sessions may be started with it again." : "It starts no session any more; those that run go on." });
      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
    onError: complain,
  });

  return (
    <Switch
      size="sm"
      label="Enabled"
      checked={strategy.enabled}
      disabled={toggle.isPending}
      onChange={() => toggle.mutate()}
      title="Whether sessions may be started with it."
    />
  );
}
