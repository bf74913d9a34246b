import { Long, type Row, type Value } from "../api/types";
import { isTimeframe } from "./kinds";

/** One line of a chart: a value, or a gap, for each time. */
export interface Series {
  name: string;
  values: (number | null)[];
}

/** What a chart draws: slot starts in seconds since 1970 and lines of equal length. */
export interface Chart {
  times: number[];
  series: Series[];
  /** Lines left out because there are more than `SERIES_MAX`. */
  omitted: number;
  intervalSeconds: number;
}

/** Lines in one chart; more cannot be told apart. */
export const SERIES_MAX = 20;

/**
 * The chart of a `makeTimeseries` answer, or null when the rows are something else.
 *
 * Each row is one group: `timeframe`, `interval` (nanoseconds), arrays of numbers for the aggregates, anything else names the group.
 * Rows must share their timeframe and interval, as one command gives them; a row that does not is left out and counted.
 */
export function chartOf(rows: readonly Row[]): Chart | null {
  const first = rows[0] && slotsOf(rows[0]);
  if (!first) return null;
  const series: Series[] = [];
  let omitted = 0;
  for (const row of rows) {
    const slots = slotsOf(row);
    const fits = slots && slots.start === first.start && slots.step === first.step;
    for (const line of fits ? linesOf(row) : []) {
      if (series.length < SERIES_MAX) series.push(line);
      else omitted += 1;
    }
    if (!fits) omitted += 1;
  }
  const length = series.reduce((most, line) => Math.max(most, line.values.length), 0);
  if (length === 0) return null;
  for (const line of series) while (line.values.length < length) line.values.push(null);
  const times = Array.from({ length }, (_, index) => (first.start + index * first.step) / 1e3);
  return { times, series, omitted, intervalSeconds: first.step / 1e3 };
}

/** Start and slot length in milliseconds. */
function slotsOf(row: Row): { start: number; step: number } | null {
  const timeframe = row["timeframe"];
  const step = Number(row["interval"] instanceof Long ? row["interval"].digits : row["interval"]) / 1e6;
  if (!isTimeframe(timeframe) || !(step > 0)) return null;
  const start = new Date(timeframe.start).getTime();
  return Number.isNaN(start) ? null : { start, step };
}

function linesOf(row: Row): Series[] {
  const lines: [string, (number | null)[]][] = [];
  const group: string[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (name === "timeframe" || name === "interval") continue;
    const numbers = numbersOf(value);
    if (numbers) lines.push([name, numbers]);
    else group.push(value === null ? `no ${name}` : typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return lines.map(([name, values]) => ({ name: [...group, ...(lines.length > 1 || group.length === 0 ? [name] : [])].join(" · "), values }));
}

/** The values of an array of numbers and gaps; null when it is anything else. */
function numbersOf(value: Value): (number | null)[] | null {
  if (!Array.isArray(value)) return null;
  const numbers = value.map((each) => (each instanceof Long ? Number(each.digits) : each));
  return numbers.every((each) => each === null || typeof each === "number") ? (numbers as (number | null)[]) : null;
}
