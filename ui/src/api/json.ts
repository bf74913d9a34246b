import { Long, type Value } from "./types";

/** A run of 16 digits or more may be a whole number beyond 2^53; shorter ones always fit. */
const MAYBE_LONG = /\d{16}/;
const MARK = "\u0000weir.long:";

/**
 * Parses one JSON text without rounding whole numbers.
 *
 * `JSON.parse` turns 9007199254740993 into ...992. Numbers that would change become `Long`. Throws `SyntaxError` on bad JSON.
 */
export function parseJson(text: string): Value {
  if (!MAYBE_LONG.test(text)) return JSON.parse(text) as Value;
  return JSON.parse(markLongs(text), (_, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? new Long(value.slice(MARK.length)) : value,
  ) as Value;
}

/** Wraps unsafe whole numbers outside strings as marked strings. */
function markLongs(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
    if (token[0] === '"' || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    return `"\\u0000${MARK.slice(1)}${token}"`;
  });
}
