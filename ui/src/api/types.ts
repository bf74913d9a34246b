/** The JSON of weir's HTTP API, as this page reads it. The API's own description is the authority. */

/** A whole number too large for a JavaScript number, kept as its digits. */
export class Long {
  constructor(readonly digits: string) {}
  toString(): string {
    return this.digits;
  }
  toJSON(): string {
    return this.digits;
  }
}

export type Value = null | boolean | number | string | Long | Value[] | { [member: string]: Value };

/** One row of an answer; members in the order the server sent them. */
export type Row = { [field: string]: Value };

/** What the last line of an answer says about the answer. */
export interface Meta {
  rows?: number;
  partial?: boolean;
  scanned_bytes?: number;
  took_ms?: number;
  notes?: string[];
  columns?: { name: string; type: string }[];
}

/** An error a person can act on: stable id, what happened, where, why and what to do. */
export interface Fault {
  id: string;
  what: string;
  where?: string;
  why?: string;
  hint?: string;
}

/** One place events come in, as the sources panel shows it. */
export interface Source {
  name: string;
  kind: string;
  events: number;
  events_per_second: number;
  last_event: string | null;
  dropped: number;
}

export interface Query {
  query: string;
  from?: string;
  to?: string;
  limit?: number;
}
