import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type AccountState, allUsers, meQuery } from "../../api/queries";
import type { UserAccount } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { countText } from "../../lib/fmt";
import { slowlyStaleAfter } from "../../live/cadence";
import { type Column, DataTable } from "../../ui/DataTable";
import { LoadOlder } from "../../ui/LoadOlder";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { SecretDialog } from "../../ui/SecretDialog";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import { AccountChanges } from "./AccountChanges";
import { NewUser } from "./NewUser";
import { UserMenu } from "./UserMenu";
import classes from "./UsersPage.module.css";
import { type LinkOf, accountLook, linkAddress, switchedText } from "./words";

const userColumns = (meId: string | undefined, show: (made: LinkOf) => void): readonly Column<UserAccount>[] => [
  {
    header: "Name",
    grow: true,
    cell: ({ username, email, role, passwordLinkExpiresAt }) => (
      <>
        {username}
        {role === "admin" ? <span className="sf-dimmed"> · admin</span> : null}
        <div className="sf-narrow sf-dimmed">{email}</div>
        {passwordLinkExpiresAt === null ? null : (
          <div className="sf-dimmed">
            Password link until <TimeText at={passwordLinkExpiresAt} />
          </div>
        )}
      </>
    ),
  },
  { header: "Email", wide: true, cell: ({ email }) => email },
  {
    header: "State",
    cell: (user) => (
      <>
        <StatusPill look={accountLook(user)} />
        {user.tradingMode === "normal" ? null : <div className="sf-dimmed">{switchedText[user.tradingMode]}</div>}
      </>
    ),
  },
  { header: "Sessions", numeric: true, wide: true, hint: "Those that have not ended", cell: ({ openSessions }) => countText(openSessions) },
  { header: "Opened (UTC)", wide: true, cell: ({ createdAt }) => <TimeText at={createdAt} /> },
  { header: "Do", cell: (user) => (user.id === meId ? <span className="sf-dimmed">You</span> : <UserMenu user={user} onLink={show} />) },
];

/** Everybody's accounts, for an admin. */
export function UsersPage() {
  const { data: me } = useQuery(meQuery);
  return (
    <div>
      {me?.role === "admin" ? (
        <Users meId={me.id} />
      ) : (
        <>
          <PageHead title="Users" />
          Only an admin sees this page.
        </>
      )}
    </div>
  );
}

function Users({ meId }: { meId: string }) {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 300);
  const [state, setState] = useState<AccountState>("");
  const { query, older } = useCursorList(allUsers(search, state));
  const [opened, form] = useDisclosure(false);
  const [made, setMade] = useState<LinkOf | null>(null);
  const columns = useMemo(() => userColumns(meId, setMade), [meId]);

  return (
    <>
      <PageHead
        title="Users"
        actions={
          <Button size="compact-md" leftSection={<IconPlus size={16} aria-hidden />} onClick={form.open}>
            New user
          </Button>
        }
      />
      <div className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label="Search by email or name"
          placeholder="Email or name"
          maxLength={100}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="State"
          value={state}
          onChange={(value) => setState(value as AccountState)}
          data={[
            { value: "", label: "All" },
            { value: "active", label: "Active" },
            { value: "locked", label: "Locked" },
          ]}
        />
      </div>
      <QueryPanel
        title="Accounts"
        query={query}
        staleAfter={slowlyStaleAfter}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={<span>No account is like that.</span>}
      >
        {({ items }) => (
          <>
            <DataTable label="Accounts" columns={columns} rows={items} rowKey={({ id }) => id} />
            <LoadOlder {...older} />
          </>
        )}
      </QueryPanel>
      <div className="sf-gap" />
      <AccountChanges />
      <NewUser opened={opened} onClose={form.close} onMade={setMade} />
      <SecretDialog
        secret={made === null ? null : linkAddress(made.link)}
        title={`Password link for ${made?.username ?? ""}`}
        onClose={() => setMade(null)}
      >
        Pass it on: nobody else does, the platform sends no mail. Whoever opens it sets the password of {made?.username}, once, until{" "}
        <TimeText at={made?.link.expiresAt ?? null} /> UTC. It is shown this once; you can make another.
      </SecretDialog>
    </>
  );
}
