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
    cell: ({ action, quantity }) => (
      <span className="sf-number">
        <SideText action={action} /> {quantityText(quantity)}
      </span>
    ),
  },
  { header: "Price", numeric: true, cell: ({ price }) => <PriceText value={price} /> },
  { header: "Realised", numeric: true, hint: "Profit or loss that this fill closed", cell: ({ realisedPnl }) => <RealisedText value={realisedPnl} /> },
];

export function SessionFills({ trades }: { trades: readonly Trade[] }) {
  return <DataTable label="Fills of this session" columns={columns} rows={trades} rowKey={({ id }) => id} maxHeight={380} />;
}
