import type { Signal } from "../../api/types";
import { percentText, quantityText, signOf } from "../../lib/fmt";
import { orderTypeText, reasonText, signalLook } from "../../lib/status";
import { type Column, DataTable } from "../../ui/DataTable";
import { MoneyText } from "../../ui/MoneyText";
import { PriceText } from "../../ui/PriceText";
import { SideText } from "../../ui/SideText";
import { StatusPill } from "../../ui/StatusPill";
import { TimeText } from "../../ui/TimeText";
import classes from "./SignalTable.module.css";

const columns: readonly Column<Signal>[] = [
  { header: "Time (UTC)", hint: "When the strategy said it, on the market's clock", cell: ({ generatedAt }, [newest]) => <TimeText at={generatedAt} day={newest?.generatedAt} /> },
  {
    header: "Wanted",
    cell: ({ action, quantity }) => (
      <span className="sf-number">
        <SideText action={action} /> {quantityText(quantity)}
      </span>
    ),
  },
  {
    header: "Order",
    wide: true,
    cell: ({ orderType, limitPrice }) => (
      <>
        {orderTypeText(orderType)}
        {limitPrice === null ? null : (
          <>
            {" "}
            <PriceText value={limitPrice} />
          </>
        )}
      </>
    ),
  },
  { header: "Confidence", wide: true, numeric: true, hint: "As the strategy gave it", cell: ({ confidence }) => percentText(confidence) },
  {
    header: "Outcome",
    cell: (signal) => (
      <>
        <StatusPill look={signalLook(signal.status)} />
        <div className={`sf-narrow ${classes.reason}`}>
          <Reason signal={signal} />
        </div>
      </>
    ),
  },
  { header: "Why", grow: true, wide: true, cell: (signal) => <Reason signal={signal} /> },
];

/** Why it was refused, in words, the code and what the gateway said on hover; of a recorded one what it would have come to. */
function Reason({ signal: { code, detail, hypothetical } }: { signal: Signal }) {
  if (hypothetical !== null) {
    return (
      <span title="Filled by the bar after it, without fees. Not money.">
        {hypothetical.price === null ? (
          "hypothetical: not reached"
        ) : (
          <>
            hypothetical at <PriceText value={hypothetical.price} />
            {signOf(hypothetical.realisedPnl) === 0 ? null : (
              <>
                , <MoneyText value={hypothetical.realisedPnl} signed />
              </>
            )}
          </>
        )}
      </span>
    );
  }

  const reason = reasonText(code, detail);
  return reason === null ? null : <span title={[code, detail].filter(Boolean).join(": ")}>{reason}</span>;
}

export function SignalTable({ signals }: { signals: readonly Signal[] }) {
  return <DataTable label="Signals of this session" columns={columns} rows={signals} rowKey={({ id }) => id} maxHeight={380} />;
}
