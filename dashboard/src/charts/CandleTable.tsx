import { type Column, DataTable } from "../ui/DataTable";
import { TimeText } from "../ui/TimeText";
import { type Candle, type CandleSeries, decimalsFor } from "./candles";

const rowsShown = 100;

const columnsWith = (decimals: number): readonly Column<Candle>[] => [
  { header: "Time (UTC)", cell: ({ time }) => <TimeText at={new Date(time * 1000).toISOString()} /> },
  { header: "Open", numeric: true, cell: ({ open }) => open.toFixed(decimals) },
  { header: "High", numeric: true, cell: ({ high }) => high.toFixed(decimals) },
  { header: "Low", numeric: true, cell: ({ low }) => low.toFixed(decimals) },
  { header: "Close", numeric: true, cell: ({ close }) => close.toFixed(decimals) },
  { header: "Volume", numeric: true, wide: true, cell: ({ volume }) => volume.toLocaleString("en-US") },
];

/** The chart's newest bars as figures, newest first. */
export function CandleTable({ label, series }: { label: string; series: CandleSeries }) {
  const newest = series.tail === null ? series.closed : [...series.closed.slice(-rowsShown), series.tail];
  return (
    <DataTable
      label={label}
      columns={columnsWith(decimalsFor(series))}
      rows={newest.slice(-rowsShown).toReversed()}
      rowKey={({ time }) => String(time)}
      maxHeight={420}
    />
  );
}
