import { AppLink } from "../../ui/AppLink";
import type { Position } from "../../api/types";
import { averageText, priceText, quantityText } from "../../lib/fmt";
import { type Column, DataTable } from "../../ui/DataTable";
import { MoneyText } from "../../ui/MoneyText";
import { PriceText } from "../../ui/PriceText";

const columns: readonly Column<Position>[] = [
  { header: "Symbol", cell: ({ symbol }) => <strong>{symbol}</strong> },
  {
    header: "Opened by",
    wide: true,
    grow: true,
    cell: ({ sessionId, strategyName }) =>
      sessionId === null ? (
        <span className="sf-dimmed">By hand</span>
      ) : (
        <AppLink to="/sessions/$sessionId" params={{ sessionId }}>
          {strategyName ?? "Session"}
        </AppLink>
      ),
  },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <span className="sf-number">{quantityText(quantity)}</span> },
  { header: "Average", numeric: true, wide: true, hint: "Average entry price", cell: ({ averagePrice }) => <span className="sf-number" title={priceText(averagePrice)}>{averageText(averagePrice)}</span> },
  { header: "Last", numeric: true, hint: "Newest known price", cell: ({ lastPrice }) => <PriceText value={lastPrice} flash /> },
  { header: "Value", numeric: true, wide: true, hint: "Quantity at the last price", cell: ({ marketValue }) => <MoneyText value={marketValue} /> },
  { header: "Open P/L", numeric: true, cell: ({ unrealisedPnl }) => <MoneyText value={unrealisedPnl} signed /> },
];

export function Positions({ positions }: { positions: readonly Position[] }) {
  return (
    <DataTable
      label="Positions"
      columns={columns}
      rows={positions}
      rowKey={({ symbol, sessionId }) => `${symbol} ${sessionId ?? ""}`}
      maxHeight={420}
    />
  );
}
