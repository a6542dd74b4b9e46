import type { Trade } from "../../api/types";
import { quantityText } from "../../lib/fmt";
import { type Column, DataTable } from "../../ui/DataTable";
import { PriceText } from "../../ui/PriceText";
import { RealisedText } from "../../ui/RealisedText";
import { SideText } from "../../ui/SideText";
import { TimeText } from "../../ui/TimeText";

const columns: readonly Column<Trade>[] = [
  { header: "Time (UTC)", hint: "On the market's clock", cell: ({ executedAt }, [newest]) => <TimeText at={executedAt} day={newest?.executedAt} /> },
  {
    header: "Fill",
    grow: true,
    cell: ({ action, quantity, symbol }) => (
      <>
        <SideText action={action} /> <span className="sf-number">{quantityText(quantity)}</span> {symbol}
      </>
    ),
  },
  { header: "Price", numeric: true, cell: ({ price }) => <PriceText value={price} /> },
  { header: "Realised", numeric: true, hint: "Profit or loss that this fill closed", cell: ({ realisedPnl }) => <RealisedText value={realisedPnl} /> },
];

export function LatestFills({ trades }: { trades: readonly Trade[] }) {
  return <DataTable label="Latest fills" columns={columns} rows={trades} rowKey={({ id }) => id} maxHeight={420} />;
}
