import { expect, test } from "vitest";
import { AnswerReader, type Line } from "./ndjson";
import { Long } from "./types";

/** Reads `text` cut into pieces of `size` bytes. */
function read(text: string, size: number): Line[] {
  const bytes = new TextEncoder().encode(text);
  const reader = new AnswerReader();
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...reader.push(bytes.slice(at, at + size)));
  return [...lines, ...reader.end()];
}

const ANSWER = '{"user":"Zoë","n":1}\n{"user":null}\n{"weir.meta":{"rows":2,"partial":false}}\n';

test.each([1, 2, 3, 7, 1000])("rows and meta come out whole when the network cuts every %i bytes", (size) => {
  expect(read(ANSWER, size)).toEqual([{ row: { user: "Zoë", n: 1 } }, { row: { user: null } }, { meta: { rows: 2, partial: false } }]);
});

test("an empty answer has no lines", () => expect(read("", 1)).toEqual([]));

test("blank lines and a missing last line break do no harm", () => {
  expect(read('\n{"a":1}\r\n\n{"weir.meta":{}}', 5)).toEqual([{ row: { a: 1 } }, { meta: {} }]);
});

test("an error in the middle of an answer is told from a row", () => {
  expect(read('{"weir.error":{"id":"QUERY-001","what":"stopped"}}\n', 9)).toEqual([{ fault: { id: "QUERY-001", what: "stopped" } }]);
});

test("whole numbers beyond 2^53 keep every digit", () => {
  const [line] = read('{"n":9007199254740993,"neg":-9223372036854775808,"text":"9007199254740993 \\" 1234567890123456789","double":1234567890123456.5}\n', 11);
  const row = (line as { row: Record<string, unknown> }).row;
  expect(row["n"]).toEqual(new Long("9007199254740993"));
  expect(row["neg"]).toEqual(new Long("-9223372036854775808"));
  expect(row["text"]).toBe('9007199254740993 " 1234567890123456789');
  expect(row["double"]).toBe(1234567890123456.5);
});

test.each(["[1]\n", "nonsense\n", '"text"\n', "{\n"])("a line that is not an object is an error: %j", (text) => {
  expect(() => read(text, 100)).toThrow(SyntaxError);
});
