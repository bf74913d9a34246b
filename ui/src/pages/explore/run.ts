import { useRef, useState } from "react";
import { ApiError, isAbort, type Api } from "../../api/client";
import type { Fault, Meta, Query, Row } from "../../api/types";

/** The state of the last query. Rows grow while `running`. */
export interface Run {
  running: boolean;
  rows: readonly Row[];
  meta: Meta | undefined;
  fault: Fault | null;
  /** False until the first query was started. */
  started: boolean;
}

const NONE: Run = { running: false, rows: [], meta: undefined, fault: null, started: false };

/** How often the page is drawn again while rows stream in, in milliseconds. */
const DRAW_MS = 100;

/** Runs one query at a time: a new one cancels the one before. */
export function useRun(api: Api, onRefused: () => void) {
  const [run, setRun] = useState<Run>(NONE);
  const current = useRef<AbortController | null>(null);

  const start = async (query: Query) => {
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    const rows: Row[] = [];
    let drawn = 0;
    const show = (change: Partial<Run>) => {
      if (current.current === abort) setRun((before) => ({ ...before, ...change }));
    };
    show({ ...NONE, running: true, started: true });
    try {
      const meta = await api.query(query, (more) => {
        rows.push(...more);
        if (performance.now() - drawn < DRAW_MS) return;
        drawn = performance.now();
        show({ rows: [...rows] });
      }, abort.signal);
      show({ running: false, rows, meta });
    } catch (error) {
      if (isAbort(error)) return show({ running: false, rows, fault: CANCELLED });
      if (error instanceof ApiError && error.status === 401) onRefused();
      show({ running: false, rows, fault: faultOf(error) });
    }
  };
  const cancel = () => current.current?.abort();
  return { run, start, cancel };
}

const CANCELLED: Fault = { id: "UI-004", what: "Cancelled", why: "rows that had arrived are shown" };

function faultOf(error: unknown): Fault {
  return error instanceof ApiError ? error.fault : { id: "UI-005", what: "The page failed", why: String(error), hint: "reload the page" };
}
