/** Words the editor completes and colours. The server decides what is valid; a word missing here only loses its colour. */

export const COMMANDS: Record<string, string> = {
  fetch: "read a table: fetch logs, from: -1h",
  filter: "keep records for which a condition is true",
  filterOut: "drop records for which a condition is true",
  search: "keep records that contain a text anywhere",
  parse: "take fields out of a text with a pattern",
  fields: "keep only these fields, in this order",
  fieldsAdd: "add or replace computed fields",
  fieldsKeep: "keep only these fields",
  fieldsRemove: "remove these fields",
  fieldsRename: "give fields another name",
  summarize: "group and aggregate",
  makeTimeseries: "aggregate into slots of time",
  sort: "order by expressions, asc or desc",
  limit: "keep the first n records",
  dedup: "keep one record per value",
};

/** Functions that are worth a proposal while typing; aggregates first. */
export const FUNCTIONS: readonly string[] = [
  "avg", "collectArray", "collectDistinct", "count", "countDistinct", "countDistinctExact", "countIf", "max", "median", "min", "percentile", "sum", "takeAny", "takeFirst", "takeLast",
  "abs", "array", "arraySize", "bin", "ceil", "coalesce", "concat", "contains", "endsWith", "floor", "formatTimestamp", "if", "in", "indexOf",
  "ipIn", "ipIsPrivate", "isNotNull", "isNull", "like", "lower", "matchesPhrase", "matchesValue", "now", "parse", "record", "replacePattern", "replaceString",
  "round", "splitString", "startsWith", "stringLength", "substring", "timestamp", "toBoolean", "toDouble", "toDuration", "toIp", "toLong", "toString", "toTimestamp",
  "trim", "upper",
];

export const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "xor", "not", "mod", "in", "asc", "desc"]);
export const CONSTANTS: ReadonlySet<string> = new Set(["true", "false", "null"]);
export const TABLES: readonly string[] = ["logs", "events"];
