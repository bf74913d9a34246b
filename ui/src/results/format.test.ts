import { expect, test } from "vitest";
import { Long, type Value } from "../api/types";
import { agoText, bytesText, cellText, durationText } from "./format";
import { columnsOf, kindOf } from "./kinds";

test.each<[Value, string]>([
  ["2026-01-02T03:04:05.123456789Z", "2026-01-02 03:04:05.123456789"],
  ["2026-01-02T03:04:05+01:00", "2026-01-02 02:04:05"],
  ["2026-01-02", "2026-01-02"],
  [1234567, "1234567"],
  [new Long("9223372036854775807"), "9223372036854775807"],
  [["a", 1], '["a",1]'],
  [{ a: { b: null } }, '{"a":{"b":null}}'],
  [{ start: "2026-01-01T00:00:00Z", end: "2026-01-01T01:00:00Z" }, "2026-01-01 00:00:00 – 2026-01-01 01:00:00"],
  [true, "true"],
  [null, ""],
])("%j is shown as %j", (value, text) => expect(cellText(value, kindOf(value), "utc")).toBe(text));

test.each([[0, "0s"], [1, "1ns"], [1_500_000, "1ms 500us"], [5_400_000_000_000, "1h 30m"], [-60_000_000_000, "-1m"]])("%i ns is %s", (ns, text) => expect(durationText(ns)).toBe(text));

test.each([[0, "0 B"], [1023, "1023 B"], [1536, "1.5 KiB"], [5 * 1024 ** 3, "5.0 GiB"]])("%i bytes are %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));

test("ages are for people", () => {
  const now = Date.parse("2026-01-01T00:10:00Z");
  expect(["2026-01-01T00:10:00Z", "2026-01-01T00:09:30Z", "2026-01-01T00:00:00Z", null].map((then) => agoText(then, now))).toEqual(["now", "30 s ago", "10 min ago", "never"]);
});

test("columns keep their order; kinds merge; the server's kinds win", () => {
  const rows = [{ b: 1, a: null, x: "t" }, { a: "2026-01-01T00:00:00Z", b: 1.5, x: 1 }];
  expect(columnsOf(rows)).toEqual([{ name: "b", kind: "double" }, { name: "a", kind: "timestamp" }, { name: "x", kind: "mixed" }]);
  expect(columnsOf([{ b: 1 }], { columns: [{ name: "b", type: "duration" }] })).toEqual([{ name: "b", kind: "duration" }]);
});
