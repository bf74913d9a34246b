import { useEffect, useRef } from "react";
import type { Row } from "../api/types";
import type { Column } from "./kinds";
import { cellText, jsonText, type Zone } from "./format";

interface Props {
  row: Row;
  columns: readonly Column[];
  zone: Zone;
  onClose: () => void;
}

/** Every field of one row, whole. */
export function Detail({ row, columns, zone, onClose }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const present = columns.filter(({ name }) => row[name] !== undefined && row[name] !== null);
  return (
    <dialog ref={box} className="detail" aria-label="All fields of the row" onClose={onClose}>
      <header>
        <h2>{present.length} fields</h2>
        <button type="button" onClick={() => void navigator.clipboard?.writeText(jsonText(row, 2))}>Copy JSON</button>
        <button type="button" onClick={() => box.current?.close()}>Close</button>
      </header>
      <dl>
        {present.map(({ name, kind }) => (
          <div key={name}>
            <dt>{name} <span className="kind">{kind}</span></dt>
            <dd>{kind === "record" || kind === "array" ? jsonText(row[name] ?? null, 2) : cellText(row[name], kind, zone)}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
