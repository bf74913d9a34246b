import { useMemo, useState } from "react";
import type { Meta, Row } from "../api/types";
import { columnsOf, type Column } from "./kinds";
import { cellText, type Zone } from "./format";
import { Detail } from "./detail";

/** Rows drawn at once: all of them are in the page, so the browser's own search finds them. */
export const PAGE_ROWS = 200;
/** Columns drawn at once; a row's detail shows every field. */
export const COLUMNS_MAX = 50;
/** Characters of one cell in the table; the detail shows the rest. */
const CELL_CHARS_MAX = 300;

interface Props {
  rows: readonly Row[];
  meta: Meta | undefined;
  zone: Zone;
}

/** An answer as a table with pages; a click or Enter on a row opens all its fields. */
export function ResultTable({ rows, meta, zone }: Props) {
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  const columns = useMemo(() => columnsOf(rows, meta), [rows, meta]);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const start = Math.min(page, pages - 1) * PAGE_ROWS;
  const shown = rows.slice(start, start + PAGE_ROWS);
  const drawn = columns.slice(0, COLUMNS_MAX);
  const opened = open === null ? undefined : rows[open];

  return (
    <div className="answer">
      <div className="scroll" tabIndex={0} role="region" aria-label="Rows of the answer">
        <table className="rows" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {drawn.map((column) => (
                <th key={column.name} scope="col" className={numeric(column.kind)}>
                  {column.name} <span className="kind">{column.kind}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <Line key={start + index} row={row} number={start + index} columns={drawn} zone={zone} open={open === start + index} onOpen={setOpen} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="pager">
        <button type="button" disabled={start === 0} onClick={() => setPage(page - 1)}>Previous</button>
        <span>
          rows {rows.length === 0 ? 0 : start + 1}–{start + shown.length} of {rows.length}
          {columns.length > COLUMNS_MAX && `; ${COLUMNS_MAX} of ${columns.length} fields drawn, open a row for all`}
        </span>
        <button type="button" disabled={start + PAGE_ROWS >= rows.length} onClick={() => setPage(page + 1)}>Next</button>
      </p>
      {opened && <Detail row={opened} columns={columns} zone={zone} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface LineProps {
  row: Row;
  number: number;
  columns: readonly Column[];
  zone: Zone;
  open: boolean;
  onOpen: (number: number) => void;
}

function Line({ row, number, columns, zone, open, onOpen }: LineProps) {
  const onKeyDown = (event: React.KeyboardEvent<HTMLTableRowElement>) => {
    if (event.key === "Enter") onOpen(number);
    const to = event.key === "ArrowDown" ? event.currentTarget.nextElementSibling : event.key === "ArrowUp" ? event.currentTarget.previousElementSibling : null;
    if (!to) return;
    event.preventDefault();
    (to as HTMLElement).focus();
  };
  return (
    <tr tabIndex={0} aria-rowindex={number + 2} aria-current={open ? "true" : undefined} onClick={() => onOpen(number)} onKeyDown={onKeyDown}>
      {columns.map(({ name, kind }) => {
        const text = cellText(row[name], kind, zone);
        const absent = row[name] === undefined || row[name] === null;
        return (
          <td key={name} className={absent ? "absent" : numeric(kind)}>
            {absent ? "–" : text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX)}…` : text}
          </td>
        );
      })}
    </tr>
  );
}

function numeric(kind: string): string | undefined {
  return kind === "long" || kind === "double" ? "number" : undefined;
}
