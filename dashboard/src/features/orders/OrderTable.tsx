import { Button } from "@mantine/core";
import type { Order } from "../../api/types";
import { durationText, fullTimeText, quantityText } from "../../lib/fmt";
import { cancelingLook, isOpenOrder, orderLook } from "../../lib/status";
import { useTimed } from "../../lib/useNow";
import { type Column, DataTable } from "../../ui/DataTable";
import { SideText } from "../../ui/SideText";
import { StatusPill } from "../../ui/StatusPill";
import classes from "./OrderTable.module.css";
import { useCancel, useCanceling } from "./useCancels";
import { lastsText, termsText } from "./words";

const columnsOf = (owner: Column<Order> | undefined, isCanceling: (order: Order) => boolean, cancel: (order: Order) => void): readonly Column<Order>[] => [
  {
    header: "Order",
    cell: (order) => (
      <>
        <span className="sf-number">
          <SideText action={order.side} /> {quantityText(order.qty)} <strong>{order.symbol}</strong>
        </span>
        <div className={`sf-narrow sf-dimmed ${classes.terms}`}>
          <Terms order={order} />
          <div>
            {lastsText(order.time_in_force)} · <OrderAge since={order.created_at} />
          </div>
        </div>
      </>
    ),
  },
  { header: "At", wide: true, grow: true, cell: (order) => <Terms order={order} /> },
  ...(owner === undefined ? [] : [owner]),
  { header: "Filled", numeric: true, hint: "Units filled so far", cell: ({ filled_qty }) => <span className="sf-number">{quantityText(filled_qty)}</span> },
  { header: "Lasts", wide: true, cell: ({ time_in_force }) => lastsText(time_in_force) },
  { header: "State", cell: (order) => <StatusPill look={isCanceling(order) ? cancelingLook : orderLook(order.status)} /> },
  { header: "Age", numeric: true, wide: true, hint: "Since it was taken in", cell: ({ created_at }) => <OrderAge since={created_at} /> },
  {
    header: "Do",
    cell: (order) => (
      <Button
        size="compact-xs"
        variant="default"
        disabled={isCanceling(order)}
        aria-label={`Cancel: ${order.side} ${quantityText(order.qty)} ${order.symbol}`}
        title={consequence(order)}
        onClick={() => cancel(order)}
      >
        Cancel
      </Button>
    ),
  },
];

interface Props {
  label: string;
  orders: readonly Order[];
  /** Who ordered it, where the table holds more than one's. */
  owner?: Column<Order> | undefined;
}

/** Open orders, each with the way to take it back. */
export function OrderTable({ label, orders, owner }: Props) {
  const canceling = useCanceling();
  const cancel = useCancel();
  const columns = columnsOf(owner, ({ id }) => canceling.has(id), ({ id }) => cancel.mutate(id));
  return <DataTable label={label} columns={columns} rows={orders} rowKey={({ id }) => id} maxHeight={420} />;
}

/** What goes with an order that is taken back. */
const consequence = ({ leg, order_class }: Order): string | undefined =>
  leg != null ? "The other exit of the same position, if it has one, is canceled with it."
  : order_class ? "Its exits are canceled with it, except for what was filled already."
  : undefined;

/** What it is, and below it the exits that wait for it or stand beside it. */
function Terms({ order }: { order: Order }) {
  return (
    <>
      <div>{termsText(order)}</div>
      {order.legs
        ?.filter(({ status }) => isOpenOrder(status))
        .map((exit) => (
          <div key={exit.id} className="sf-dimmed">
            {termsText(exit)}
          </div>
        ))}
    </>
  );
}

function OrderAge({ since }: { since: string }) {
  const age = useTimed(1_000, (now) => durationText(now - Date.parse(since)));
  return (
    <time className="sf-number" dateTime={since} title={fullTimeText(since)}>
      {age}
    </time>
  );
}
