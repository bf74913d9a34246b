import { Long, type Meta, type Row, type Value } from "../api/types";

/** A column of an answer: its name and what its values are. */
export interface Column {
  name: string;
  kind: string;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The columns of some rows, in the order fields first appear.
 *
 * The server's own list wins; without one the kind is told by the values (`mixed` when they disagree), looking at `SAMPLE` rows.
 */
export function columnsOf(rows: readonly Row[], meta?: Meta): Column[] {
  const kinds = new Map<string, string>();
  for (const column of meta?.columns ?? []) kinds.set(column.name, column.type);
  const told = new Set(kinds.keys());
  for (const row of rows) {
    for (const name in row) {
      if (told.has(name)) continue;
      kinds.set(name, merge(kinds.get(name), kindOf(row[name] ?? null)));
    }
  }
  return [...kinds].map(([name, kind]) => ({ name, kind }));
}

function merge(known: string | undefined, next: string): string {
  if (known === undefined || known === "null" || known === next) return next;
  if (next === "null") return known;
  const numbers = new Set(["long", "double"]);
  return numbers.has(known) && numbers.has(next) ? "double" : "mixed";
}

/** What a JSON value is, as far as JSON tells. */
export function kindOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "long" : "double";
  if (typeof value === "string") return TIMESTAMP.test(value) ? "timestamp" : "string";
  if (value instanceof Long) return "long";
  if (Array.isArray(value)) return "array";
  return isTimeframe(value) ? "timeframe" : "record";
}

export function isTimeframe(value: Value | undefined): value is { start: string; end: string } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Long)
    && typeof value["start"] === "string" && typeof value["end"] === "string" && Object.keys(value).length === 2;
}
