import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import { CONSTANTS, OPERATORS } from "./words";

/** What the lexer must remember from one line to the next. */
export interface State {
  /** The text that ends the comment or string we are in, if any. */
  until: string | null;
  style: "comment" | "string";
  /** True where a command may stand: at the start, after a pipe, after `[`. */
  command: boolean;
}

export function startState(): State {
  return { until: null, style: "comment", command: true };
}

/** The style of the next token, which is consumed; null for plain text. Always advances. */
export function token(stream: StringStream, state: State): string | null {
  if (state.until !== null) return finish(stream, state, state.until);
  if (stream.eatSpace()) return null;
  if (stream.match("//")) return skip(stream, "comment");
  if (stream.match("/*")) return open(stream, state, "*/", "comment");
  if (stream.match('"""')) return open(stream, state, '"""', "string");
  if (stream.peek() === '"' || stream.peek() === "'") return quoted(stream, state);
  if (stream.match(/^`(?:[^`\\]|\\.)*`?/)) return plain(state, "propertyName");
  if (stream.match(/^\d+(?:ns|us|ms|min|[smhdwMqy])(?![\w.])/)) return plain(state, "unit");
  if (stream.match(/^0x[0-9a-fA-F]+/) || stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return plain(state, "number");
  if (stream.match(/^@[A-Za-z]\w*/)) return plain(state, "unit");
  const word = stream.match(/^[A-Za-z_$][\w.]*/);
  if (word) return named((word as RegExpMatchArray)[0], stream, state);
  const sign = stream.next();
  state.command = sign === "|" || sign === "[";
  return sign === "|" ? "controlOperator" : "operator";
}

function named(word: string, stream: StringStream, state: State): string {
  if (state.command) return plain(state, "keyword");
  const lower = word.toLowerCase();
  if (CONSTANTS.has(lower)) return "bool";
  if (stream.match(/^\s*\(/, false)) return "function";
  if (OPERATORS.has(lower)) return "operatorKeyword";
  return stream.match(/^\s*:/, false) ? "labelName" : "variableName";
}

function plain(state: State, style: string): string {
  state.command = false;
  return style;
}

function skip(stream: StringStream, style: string): string {
  stream.skipToEnd();
  return style;
}

function quoted(stream: StringStream, state: State): string {
  const quote = stream.next();
  state.command = false;
  for (let next = stream.next(); next && next !== quote; next = stream.next()) if (next === "\\") stream.next();
  return "string";
}

function open(stream: StringStream, state: State, until: string, style: State["style"]): string {
  state.style = style;
  return finish(stream, state, until);
}

function finish(stream: StringStream, state: State, until: string): string {
  const found = stream.string.indexOf(until, stream.pos);
  state.until = found < 0 ? until : null;
  if (found < 0) stream.skipToEnd();
  else stream.pos = found + until.length;
  if (state.style === "string") state.command = false;
  return state.style;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-command)", fontWeight: "600" },
  { tag: tags.controlOperator, color: "var(--code-command)", fontWeight: "600" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.number, tags.unit, tags.bool], color: "var(--code-number)" },
  { tag: tags.function(tags.variableName), color: "var(--code-function)" },
  { tag: [tags.operator, tags.operatorKeyword], color: "var(--code-operator)" },
  { tag: tags.labelName, color: "var(--code-label)" },
]);

export const dql = [
  StreamLanguage.define<State>({
    name: "dql",
    startState,
    copyState: (state) => ({ ...state }),
    token,
    tokenTable: { function: tags.function(tags.variableName) },
    languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } }, closeBrackets: { brackets: ["(", "[", "{", '"', "`"] } },
  }),
  syntaxHighlighting(COLOURS),
];
