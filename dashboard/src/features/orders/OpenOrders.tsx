import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { mostOrders, openOrdersQuery, openSessions } from "../../api/queries";
import type { Order, Session } from "../../api/types";
import { useCursorList } from "../../api/useCursorList";
import { slowlyStaleAfter } from "../../live/cadence";
import { AppLink } from "../../ui/AppLink";
import type { Column } from "../../ui/DataTable";
import { QueryPanel } from "../../ui/Panel";
import { CancelAll } from "./CancelAll";
import classes from "./OpenOrders.module.css";
import { OrderTable } from "./OrderTable";

/** All that the account has open: what the reserved cash is for. */
export function OpenOrders() {
  const query = useQuery({ ...openOrdersQuery, select: listed(() => true) });
  const { data: sessions } = useCursorList(openSessions).query;
  return (
    <OrdersPanel
      query={query}
      owner={openedBy(sessions?.items ?? [])}
      actions={query.data === undefined || query.data.orders.length === 0 ? null : <CancelAll />}
      empty="No order is open. What you and your sessions order stands here until it is filled."
    />
  );
}

/** What a session has open. */
export function SessionOrders({ session }: { session: Session }) {
  const query = useQuery({ ...openOrdersQuery, select: listed(({ session_id }) => session_id === session.id) });
  return <OrdersPanel query={query} empty="No order of this session is open." />;
}

interface Listed {
  orders: readonly Order[];
  /** Whether the gateway listed all there are, those of others included. */
  areAll: boolean;
}

const listed =
  (isWanted: (order: Order) => boolean) =>
  (orders: readonly Order[]): Listed => ({ orders: orders.filter(isWanted), areAll: orders.length < mostOrders });

interface Props {
  query: UseQueryResult<Listed>;
  owner?: Column<Order>;
  actions?: ReactNode;
  empty: string;
}

function OrdersPanel({ query, owner, actions, empty }: Props) {
  return (
    <QueryPanel
      title="Open orders"
      query={query}
      staleAfter={slowlyStaleAfter}
      rows={2}
      actions={actions}
      isEmpty={({ orders, areAll }) => orders.length === 0 && areAll}
      empty={<span>{empty}</span>}
    >
      {({ orders, areAll }) => (
        <>
          <OrderTable label="Open orders" orders={orders} owner={owner} />
          {areAll ? null : <p className={classes.capped}>Only your newest {mostOrders} open orders are looked at here; there are more.</p>}
        </>
      )}
    </QueryPanel>
  );
}

/** A session that has ended may have left orders open; its name is not at hand then. */
const openedBy = (sessions: readonly Session[]): Column<Order> => ({
  header: "Ordered by",
  wide: true,
  cell: ({ session_id: sessionId }) =>
    sessionId == null ? (
      <span className="sf-dimmed">By hand</span>
    ) : (
      <AppLink to="/sessions/$sessionId" params={{ sessionId }}>
        {sessions.find(({ id }) => id === sessionId)?.strategyName ?? "Session"}
      </AppLink>
    ),
});
