import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { Fault } from "../api/types";
import { completer } from "./complete";
import { dql } from "./language";
import { placeOf } from "./place";

interface Props {
  value: string;
  onChange: (text: string) => void;
  /** Runs what the editor shows; the page may not have drawn it yet. */
  onRun: (text: string) => void;
  /** Shown at its place in the text while it stands. */
  fault: Fault | null;
  /** Names to propose. */
  fields: readonly string[];
  /** Receives a function that puts the cursor into the editor. */
  onReady: (focus: () => void) => void;
}

/**
 * The query editor.
 *
 * It lives in a shadow root because CodeMirror then uses constructed style sheets, which a strict content security policy allows; in the
 * page itself it would insert style elements, which the policy blocks.
 */
export function Editor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // What the editor has shown since the page last caught up with it; the last is what it shows.
  const shown = useRef([props.value]);

  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open", delegatesFocus: true });
    const editor = new EditorView({ state: startState(latest, shown), root, parent: root });
    view.current = editor;
    latest.current.onReady(() => editor.focus());
    return () => editor.destroy();
  }, []);

  // The page may be drawn with a text that was typed over since: only what the editor never showed comes from elsewhere.
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    if (shown.current.at(-1) === props.value) shown.current = [props.value];
    if (shown.current.includes(props.value)) return;
    shown.current = [];
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  });

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, marksOf(props.fault, editor.state)));
  }, [props.fault]);

  return <div className="editor" ref={host} />;
}

function startState(latest: { current: Props }, shown: { current: string[] }): EditorState {
  const run = { key: "Mod-Enter", run: (view: EditorView) => (closeCompletion(view), latest.current.onRun(view.state.doc.toString()), true), preventDefault: true };
  return EditorState.create({
    doc: latest.current.value,
    extensions: [
      Prec.highest(keymap.of([run])),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      history(),
      lineNumbers(),
      drawSelection(),
      highlightActiveLine(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ override: [completer(() => latest.current.fields)] }),
      lintGutter(),
      indentUnit.of("  "),
      EditorView.lineWrapping,
      placeholder("fetch logs, from: -15m"),
      EditorView.contentAttributes.of({ "aria-label": "DQL query", spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        const text = update.state.doc.toString();
        shown.current.push(text);
        latest.current.onChange(text);
      }),
      dql,
      LOOK,
    ],
  });
}

function marksOf(fault: Fault | null, state: EditorState) {
  const place = fault && placeOf(fault, state.doc.toString());
  if (!fault || place === null) return [];
  const from = Math.min(place, Math.max(0, state.doc.length - 1));
  const word = state.wordAt(from);
  return [{ from, to: word?.to ?? Math.min(from + 1, state.doc.length), severity: "error" as const, message: fault.what }];
}

/** Colours come from the page's custom properties, which reach into the shadow root. */
const LOOK = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--field)", fontSize: "14px", border: "1px solid var(--line)", borderRadius: "6px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "8rem", maxHeight: "40vh" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-placeholder": { color: "var(--muted)" },
});
