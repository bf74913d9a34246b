/** Ranges a person picks most; the text is what the API takes. A `from:` in the query wins over them. */
const RANGES: readonly [string, string][] = [
  ["-5m", "last 5 minutes"],
  ["-15m", "last 15 minutes"],
  ["-1h", "last hour"],
  ["-2h", "last 2 hours"],
  ["-12h", "last 12 hours"],
  ["-24h", "last 24 hours"],
  ["-7d", "last 7 days"],
  ["-30d", "last 30 days"],
];

export const RANGE_DEFAULT = "-2h";

export function RangePicker({ value, onChange }: { value: string; onChange: (from: string) => void }) {
  const known = RANGES.some(([from]) => from === value);
  return (
    <label title="Used when the query itself has no from:">
      Range{" "}
      <select name="range" value={value} onChange={(event) => onChange(event.target.value)}>
        {!known && <option value={value}>since {value}</option>}
        {RANGES.map(([from, says]) => (
          <option key={from} value={from}>{says}</option>
        ))}
      </select>
    </label>
  );
}
