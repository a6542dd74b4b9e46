import type { UseFormReturnType } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { strategyQuery } from "../../api/queries";
import type { Strategy, StrategyRequest } from "../../api/types";
import { useOnce } from "../../api/useOnce";
import type { Draft } from "./draft";
import { type Fields, changesOf, fieldsOf, same, tidied, withTypedSince } from "./fields";
import { useDraft } from "./useDraft";

/**
 * Saves what the form holds, over the version it was filled from and over no other.
 * @param newest The strategy as it is saved now; null while it is new.
 */
export function useSaving(newest: Strategy | null, form: UseFormReturnType<Fields>, onMade: (saved: Strategy) => void) {
  const cache = useQueryClient();
  const [origin, setOrigin] = useState(newest);
  const dirty = !same(form.values, fieldsOf(origin));
  const draft = useDraft(origin, dirty ? form.values : null);
  const isBehind =
    newest !== null &&
    origin !== null &&
    (newest.version > origin.version || Date.parse(newest.updatedAt) > Date.parse(origin.updatedAt));

  const fill = (from: Strategy, values: Fields = fieldsOf(from)): void => {
    setOrigin(from);
    form.setValues(values);
  };

  const make = useOnce((body: StrategyRequest, headers) => answered(gateway.POST("/api/strategies", { body, headers })));
  const save = useMutation({
    mutationFn: ({ typed, over }: { typed: Fields; over: Strategy | null }) =>
      origin === null || over === null
        ? make(tidied(typed) as StrategyRequest)
        : answered(
            gateway.PUT("/api/strategies/{id}", {
              params: { path: { id: over.id } },
              headers: { "If-Match": `"${over.version}"` },
              body: changesOf(fieldsOf(origin), tidied(typed)),
            }),
          ),
    onSuccess: async (saved, { typed }) => {
      fill(saved, withTypedSince(typed, form.getValues(), fieldsOf(saved)));
      cache.setQueryData(strategyQuery(saved.id).queryKey, saved);
      notifications.show({ message: `${saved.name} is saved as version ${saved.version}.` });
      if (origin === null) {
        draft.drop();
        onMade(saved);
      }

      await cache.invalidateQueries({ queryKey: ["strategies"] });
    },
    onError: async (error) => {
      if (!(error instanceof Problem)) {
        return;
      }

      form.setErrors(error.fields);
      if (isStale(error) && origin !== null) {
        await cache.invalidateQueries({ queryKey: strategyQuery(origin.id).queryKey });
      }
    },
  });

  /** Takes what is saved into the form, in place of what is there. */
  const load = (from: Strategy): void => {
    fill(from);
    save.reset();
  };

  /** Takes up what was typed before, over the version it was typed over. */
  const restore = ({ version, fields }: Draft): void => {
    setOrigin(origin === null || version === null ? origin : { ...origin, version });
    form.setValues(fields);
    draft.settle();
  };

  useEffect(() => {
    // Nothing typed here is lost by that: there is none, or it is what was saved there.
    if (isBehind && (!dirty || same(form.values, fieldsOf(newest)))) {
      load(newest);
    }
    // The form's setters are new on every render.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [newest, isBehind, dirty]);

  const submit = (over: Strategy | null): void => {
    if (!save.isPending && (origin === null || dirty)) {
      form.onSubmit((typed) => save.mutate({ typed, over }))();
    }
  };

  const overtakenBy = newest !== null && origin !== null && newest.version > origin.version && dirty && !save.isPending ? newest : null;

  return {
    /** What the form was filled from. */
    origin,
    dirty,
    /** Set when another version than the one in the form is the newest, and something here is not saved. */
    overtakenBy,
    draft,
    load,
    restore,
    save: () => submit(origin),
    saveOver: submit,
    isSaving: save.isPending,
    /** Why the last save failed, unless being overtaken says it. */
    error: overtakenBy !== null && isStale(save.error) ? null : save.error,
  };
}

const isStale = (error: Error | null): boolean => error instanceof Problem && error.code === "strategy-changed";
