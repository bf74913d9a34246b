import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { COMMANDS, CONSTANTS, FUNCTIONS, OPERATORS, TABLES } from "./words";

/** Proposals for the word before the cursor: a command after a pipe, a table after `fetch`, else functions and fields. */
export function completer(fields: () => readonly string[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w.]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(0, word.from);
    return { from: word.from, options: optionsFor(before, fields()), validFor: /^[\w.]*$/ };
  };
}

/** What may stand after `before`. A rough look at the text, not a parser: a wrong guess only means a less useful list. */
export function optionsFor(before: string, fields: readonly string[]): Completion[] {
  if (/(^|\||\[)\s*$/.test(before)) return Object.entries(COMMANDS).map(([label, info]) => ({ label, info, type: "keyword" }));
  if (/\bfetch\s+$/i.test(before)) return TABLES.map((label) => ({ label, type: "class" }));
  return [
    ...fields.map((field) => ({ label: /^[A-Za-z_][\w.]*$/.test(field) ? field : `\`${field}\``, type: "property", boost: 1 })),
    ...[...OPERATORS, ...CONSTANTS].map((label) => ({ label, type: "keyword", boost: 2 })),
    ...FUNCTIONS.map((label) => ({ label, apply: `${label}(`, type: "function" })),
  ];
}
