import { expect, test } from "vitest";
import { Long, type Row } from "../api/types";
import { chartOf, SERIES_MAX } from "./series";

const TIMEFRAME = { start: "2026-01-01T00:00:00Z", end: "2026-01-01T03:00:00Z" };
const HOUR = 3_600_000_000_000;

function row(fields: Row): Row {
  return { timeframe: TIMEFRAME, interval: HOUR, ...fields };
}

test("one line per group, times are slot starts", () => {
  const chart = chartOf([row({ "event.category": "auth", "count()": [1, null, 3] }), row({ "event.category": "dns", "count()": [0, 2, 4] })]);
  expect(chart?.times).toEqual([1767225600, 1767229200, 1767232800]);
  expect(chart?.series).toEqual([
    { name: "auth", values: [1, null, 3] },
    { name: "dns", values: [0, 2, 4] },
  ]);
});

test("without a group the aggregate names the line; several aggregates are told apart", () => {
  expect(chartOf([row({ "count()": [1] })])?.series[0]?.name).toBe("count()");
  const names = chartOf([row({ host: "a", lo: [1], hi: [2] })])?.series.map(({ name }) => name);
  expect(names).toEqual(["a · lo", "a · hi"]);
});

test("a group without a value says so", () => {
  expect(chartOf([row({ user: null, n: [1] })])?.series[0]?.name).toBe("no user");
});

test("a short line is filled with gaps, a large number is drawn", () => {
  const chart = chartOf([row({ a: [1, 2, 3] }), row({ a: [new Long("9007199254740993")] })]);
  expect(chart?.series[1]?.values).toEqual([9007199254740992, null, null]);
});

test("too many lines, and rows with other slots, are counted", () => {
  const rows = Array.from({ length: SERIES_MAX + 3 }, (_, index) => row({ g: index, n: [1] }));
  const chart = chartOf([...rows, { ...row({ n: [1] }), interval: 60 }]);
  expect([chart?.series.length, chart?.omitted]).toEqual([SERIES_MAX, 4]);
});

test.each([
  ["nothing", []],
  ["plain rows", [{ a: 1 }]],
  ["no array", [row({ n: 1 })]],
  ["an interval of zero", [{ timeframe: TIMEFRAME, interval: 0, n: [1] }]],
  ["a bad time", [{ timeframe: { start: "x", end: "y" }, interval: HOUR, n: [1] }]],
])("%s is no chart", (_, rows) => expect(chartOf(rows as Row[])).toBeNull());
