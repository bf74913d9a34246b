import type { Fault } from "../api/types";

/** Where in the query an error points, as an offset; null when the error names no place in it. */
export function placeOf(fault: Fault, query: string): number | null {
  const match = /line (\d+),? col(?:umn)? (\d+)/i.exec(`${fault.where ?? ""}\n${fault.why ?? ""}`);
  if (!match) return null;
  const lines = query.split("\n");
  const line = Number(match[1]) - 1;
  const text = lines[line];
  if (text === undefined) return null;
  const before = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  // Columns count characters as a person sees them; offsets count UTF-16 units.
  return before + [...text].slice(0, Math.max(0, Number(match[2]) - 1)).join("").length;
}
