import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

export interface Column<Row> {
  header: string;
  /** What stands in the column. Gets all rows of the table too, the newest first. */
  cell: (row: Row, rows: readonly Row[]) => ReactNode;
  numeric?: boolean;
  /** Left out on narrow screens, where what matters most has to fit. */
  wide?: boolean;
  hint?: string;
  /** Takes what room is left and wraps. */
  grow?: boolean;
}

interface DataTableProps<Row> {
  /** Read out by screen readers as the table's name. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Height beyond which the rows scroll under their header. */
  maxHeight?: number;
}

export function DataTable<Row>({ label, columns, rows, rowKey, maxHeight }: DataTableProps<Row>) {
  const className = (column: Column<Row>) =>
    [column.numeric && classes.numeric, column.wide && classes.wide, column.grow && classes.grow].filter(Boolean).join(" ");

  return (
    // Scrollable by keyboard too, so it has to take the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scroll} style={{ maxHeight }} role="group" aria-label={label} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.header} scope="col" className={className(column)} title={column.hint}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.header} className={className(column)}>
                  {column.cell(row, rows)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
