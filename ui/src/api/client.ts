import { parseJson } from "./json";
import { AnswerReader, type Line } from "./ndjson";
import type { Fault, Meta, Query, Row, Source } from "./types";

/** A failed call: an error the page shows as it is. `status` is 0 when no server answered. */
export class ApiError extends Error {
  constructor(
    readonly fault: Fault,
    readonly status: number,
  ) {
    super(fault.what);
  }
}

/** Milliseconds a list call may take before the page says that the server does not answer. */
const CALL_MS_MAX = 10_000;

/** weir's HTTP API with one token. Every call rejects with `ApiError`, or with `AbortError` when `signal` fires. */
export class Api {
  constructor(private readonly token: string) {}

  async sources(): Promise<Source[]> {
    const reply = await this.call("/v1/sources", { signal: AbortSignal.timeout(CALL_MS_MAX) });
    return ((await reply.json()) as { sources: Source[] }).sources;
  }

  /** Runs a query; `onRows` is called as rows arrive. Gives what the server said about the whole answer. */
  async query(query: Query, onRows: (rows: Row[]) => void, signal: AbortSignal): Promise<Meta> {
    const headers = { "content-type": "application/json", accept: "application/x-ndjson" };
    const reply = await this.call("/v1/query", { method: "POST", headers, body: JSON.stringify(query), signal });
    const reader = new AnswerReader();
    let meta: Meta | undefined;
    const take = (lines: Line[]) => {
      const rows: Row[] = [];
      for (const line of lines) {
        if ("row" in line) rows.push(line.row);
        else if ("meta" in line) meta = line.meta;
        else throw new ApiError(line.fault, reply.status);
      }
      if (rows.length > 0) onRows(rows);
    };
    try {
      const stream = reply.body?.getReader();
      for (let part = await stream?.read(); part && !part.done; part = await stream?.read()) take(reader.push(part.value));
      take(reader.end());
    } catch (error) {
      throw error instanceof ApiError || isAbort(error) ? error : new ApiError(broken(error), reply.status);
    }
    if (meta === undefined) throw new ApiError(cutShort(), reply.status);
    return meta;
  }

  private async call(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }) };
    let reply: Response;
    try {
      reply = await fetch(path, { ...init, headers });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new ApiError(unreachable(error), 0);
    }
    if (!reply.ok) throw new ApiError(await faultOf(reply), reply.status);
    return reply;
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The server's own error, or one made from the status when the body is not ours (a proxy's page, say). */
async function faultOf(reply: Response): Promise<Fault> {
  const text = await reply.text().catch(() => "");
  try {
    const body = parseJson(text) as { error?: unknown };
    if (body?.error && typeof body.error === "object") return body.error as Fault;
  } catch {
    // Not JSON: fall through to the status.
  }
  return { id: `HTTP ${reply.status}`, what: `The server answered ${reply.status} ${reply.statusText}`.trim(), why: text.slice(0, 500) };
}

function unreachable(error: unknown): Fault {
  return {
    id: "UI-001",
    what: "weir does not answer",
    why: String(error),
    hint: "check that weir is still running and reload the page",
  };
}

function broken(error: unknown): Fault {
  return { id: "UI-002", what: "The answer could not be read", why: String(error), hint: "run the query again; if it stays, look at weir's log" };
}

function cutShort(): Fault {
  return { id: "UI-003", what: "The answer ended early", why: "its last line is missing", hint: "rows shown so far may be incomplete; run the query again" };
}
