import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answered, gateway } from "../../api/client";
import { ownSignIns } from "../../api/queries";
import type { SignIn } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { dayAndMinuteText } from "../../lib/fmt";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { QueryPanel } from "../../ui/Panel";
import { TimeText } from "../../ui/TimeText";

const signInColumns = (end: (signIn: SignIn) => void): readonly Column<SignIn>[] => [
  { header: "Since (UTC)", grow: true, cell: ({ beganAt }) => <TimeText at={beganAt} /> },
  { header: "Renewed (UTC)", wide: true, hint: "By a program; browsers don't", cell: ({ refreshedAt }) => <TimeText at={refreshedAt} /> },
  {
    header: "Do",
    cell: (signIn) =>
      signIn.isCurrent ? (
        <span className="sf-dimmed">This one</span>
      ) : (
        <Button size="compact-xs" variant="default" aria-label={`End the sign-in of ${dayAndMinuteText(signIn.beganAt)}`} onClick={() => end(signIn)}>
          End
        </Button>
      ),
  },
];

/** Where the user is signed in, as far as that is known: since when. */
export function SignIns() {
  const cache = useQueryClient();
  const { query, older } = useCursorList(ownSignIns);
  const [asked, setAsked] = useState<SignIn | null>(null);
  const columns = useMemo(() => signInColumns(setAsked), []);
  const end = useMutation({
    mutationFn: ({ id }: SignIn) => answered(gateway.DELETE("/api/users/me/sign-ins/{id}", { params: { path: { id } } })),
    onSuccess: async () => {
      setAsked(null);
      await cache.resetQueries({ queryKey: ownSignIns.key });
    },
  });

  return (
    <>
      <QueryPanel
        title="Sign-ins"
        query={query}
        live={false}
        rows={2}
        isEmpty={({ items }) => items.length === 0}
        empty={<span>You are signed in nowhere.</span>}
      >
        {({ items }) => (
          <>
            <DataTable label="Sign-ins" columns={columns} rows={items} rowKey={({ id }) => id} maxHeight={320} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
      <Confirm
        opened={asked !== null}
        title="End this sign-in?"
        action="End the sign-in"
        busy={end.isPending}
        error={end.error}
        onConfirm={() => asked !== null && end.mutate(asked)}
        onClose={() => {
          end.reset();
          setAsked(null);
        }}
      >
        Whoever uses it has to sign in again. If it is nobody you know, change your password instead: that ends all others and revokes your API keys.
      </Confirm>
    </>
  );
}
