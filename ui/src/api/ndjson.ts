import { parseJson } from "./json";
import type { Fault, Meta, Row } from "./types";

/** What one line of an answer is. */
export type Line = { row: Row } | { meta: Meta } | { fault: Fault };

/** Characters of one line that are buffered; a longer one ends the answer with an error instead of growing. */
export const LINE_CHARS_MAX = 32 * 1024 * 1024;

/**
 * Cuts a stream of bytes into lines and lines into rows, however the network sliced it.
 *
 * Feed it with `push` and close with `end`; both return the complete lines so far. Throws `SyntaxError` on a line that is not JSON.
 */
export class AnswerReader {
  private readonly decoder = new TextDecoder();
  private rest = "";

  push(bytes: Uint8Array): Line[] {
    return this.take(this.decoder.decode(bytes, { stream: true }));
  }

  end(): Line[] {
    const lines = this.take(this.decoder.decode());
    const last = this.rest;
    this.rest = "";
    return last.trim() === "" ? lines : [...lines, readLine(last)];
  }

  private take(text: string): Line[] {
    const parts = (this.rest + text).split("\n");
    this.rest = parts.pop() ?? "";
    if (this.rest.length > LINE_CHARS_MAX) throw new SyntaxError(`a line is longer than ${LINE_CHARS_MAX} characters`);
    return parts.filter((part) => part.trim() !== "").map(readLine);
  }
}

function readLine(text: string): Line {
  const value = parseJson(text);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new SyntaxError("a line of the answer is not a JSON object");
  }
  const record = value as Row;
  if ("weir.meta" in record) return { meta: record["weir.meta"] as Meta };
  if ("weir.error" in record) return { fault: record["weir.error"] as unknown as Fault };
  return { row: record };
}
