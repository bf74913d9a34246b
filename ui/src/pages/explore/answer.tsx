import { useEffect, useMemo, useState } from "react";
import { FaultBox } from "../../parts/fault";
import { LineChart } from "../../results/chart";
import { bytesText, type Zone } from "../../results/format";
import { chartOf } from "../../results/series";
import { ResultTable } from "../../results/table";
import type { Run } from "./run";

interface Props {
  run: Run;
  zone: Zone;
  theme: string;
}

/** The answer: error, cost line, chart when the rows are time series, table always. */
export function Answer({ run, zone, theme }: Props) {
  const chart = useMemo(() => chartOf(run.rows), [run.rows]);
  const [view, setView] = useState<"chart" | "table">("chart");
  const drawable = chart !== null;
  useEffect(() => setView("chart"), [drawable]);
  if (!run.started) return null;
  return (
    <section className="result" aria-label="Answer" aria-busy={run.running}>
      {run.fault && <FaultBox fault={run.fault} />}
      <p className="cost" role="status">{costText(run)}</p>
      {run.meta?.notes?.map((note) => <p key={note} className="note">{note}</p>)}
      {chart && (
        <div className="views" role="group" aria-label="View">
          <button type="button" aria-pressed={view === "chart"} onClick={() => setView("chart")}>Chart</button>
          <button type="button" aria-pressed={view === "table"} onClick={() => setView("table")}>Table</button>
        </div>
      )}
      {chart && view === "chart" && <LineChart chart={chart} zone={zone} theme={theme} />}
      {run.rows.length > 0 && !(chart && view === "chart") && <ResultTable rows={run.rows} meta={run.meta} zone={zone} />}
      {run.meta && run.rows.length === 0 && <p className="empty">No record matches. Widen the range, or take filters away one by one.</p>}
    </section>
  );
}

function costText(run: Run): string {
  if (run.running) return `running, ${run.rows.length} rows so far; Esc cancels`;
  const { meta } = run;
  if (!meta) return "";
  const parts = [`${run.rows.length.toLocaleString("en")} rows`];
  if (meta.took_ms !== undefined) parts.push(`${meta.took_ms.toLocaleString("en")} ms`);
  if (meta.scanned_bytes !== undefined) parts.push(`${bytesText(meta.scanned_bytes)} read`);
  if (meta.partial) parts.push("partial: there is more than this");
  return parts.join(" · ");
}
