import { Long, type Value } from "../api/types";
import { isTimeframe } from "./kinds";

/** How timestamps are shown. */
export type Zone = "utc" | "local";

/** One cell as text. Numbers keep all their digits: this is evidence, not a report. */
export function cellText(value: Value | undefined, kind: string, zone: Zone): string {
  if (value === undefined || value === null) return "";
  if (kind === "timestamp" && typeof value === "string") return timeText(value, zone);
  if (kind === "duration" && typeof value === "number") return durationText(value);
  if (isTimeframe(value)) return `${timeText(value.start, zone)} – ${timeText(value.end, zone)}`;
  if (typeof value === "object" && !(value instanceof Long)) return jsonText(value);
  return String(value);
}

/** `2026-11-21 04:31:07.123456789`; the fraction stays as the server sent it, in the zone asked for. */
export function timeText(text: string, zone: Zone): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const fraction = /\.(\d+)/.exec(text)?.[0] ?? "";
  if (zone === "utc") return `${at.toISOString().slice(0, 19).replace("T", " ")}${fraction}`;
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${fraction}`;
}

const UNITS: readonly [string, number][] = [["d", 86_400e9], ["h", 3_600e9], ["m", 60e9], ["s", 1e9], ["ms", 1e6], ["us", 1e3], ["ns", 1]];

/** Nanoseconds in the two largest units that matter: `1h 30m`, `250ms`. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  let rest = Math.abs(nanoseconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return (nanoseconds < 0 ? "-" : "") + parts.join(" ");
}

/** How long ago something was, for people: `now`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function agoText(then: string | null, now: number): string {
  if (then === null) return "never";
  const seconds = Math.round((now - new Date(then).getTime()) / 1000);
  if (Number.isNaN(seconds)) return then;
  if (seconds < 2) return "now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} d ago`;
}

export function jsonText(value: Value, indent?: number): string {
  const marked = JSON.stringify(value, (_, each: unknown) => each, indent);
  return marked ?? "";
}

export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
