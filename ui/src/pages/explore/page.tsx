import { useEffect, useMemo, useRef, useState } from "react";
import { Editor } from "../../dql/editor";
import { columnsOf } from "../../results/kinds";
import type { Shortcut } from "../../shell/keys";
import { single } from "../../shell/keys";
import type { PageProps } from "../pages";
import { Answer } from "./answer";
import { EXAMPLES } from "./examples";
import { RANGE_DEFAULT, RangePicker } from "./range";
import { useRun } from "./run";
import { Sources } from "./sources";

/** Rows the page asks for at most; a query with its own `limit` may ask for fewer. */
const ROWS_MAX = 1_000;

/** Ask a question about the data, see the answer, see what arrives. The whole state is in the address. */
export function Explore({ api, token, zone, theme, onRefused, onShortcuts }: PageProps) {
  const [query, setQuery] = useState(() => fromAddress("q") ?? EXAMPLES[0]?.query ?? "");
  const [from, setFrom] = useState(() => fromAddress("from") ?? RANGE_DEFAULT);
  const { run, start, cancel } = useRun(api, onRefused);
  const focus = useRef<() => void>(() => undefined);
  const fields = useMemo(() => columnsOf(run.rows.slice(0, 100), run.meta).map(({ name }) => name), [run.rows, run.meta]);

  const ask = (text = query) => {
    history.replaceState(null, "", `?${new URLSearchParams({ q: text, from })}`);
    void start({ query: text, from, limit: ROWS_MAX });
  };
  const shortcuts = useMemo<Shortcut[]>(() => [
    { keys: "Ctrl+Enter", says: "run the query (Cmd+Enter on a Mac)" },
    { keys: "/", says: "go to the query", is: single("/"), run: () => focus.current() },
    { keys: "Esc", says: "cancel a running query", is: (event) => event.key === "Escape" && run.running, run: cancel },
    { keys: "s", says: "go to the sources", is: single("s"), run: () => document.getElementById("sources")?.focus() },
    { keys: "Ctrl+Space", says: "propose words in the query" },
    { keys: "↑ ↓ Enter", says: "walk the rows of an answer, open one" },
  ], [run.running]);
  useEffect(() => onShortcuts(shortcuts), [shortcuts]);

  return (
    <main>
      <section className="ask" aria-label="Query">
        <Editor value={query} onChange={setQuery} onRun={ask} fault={run.fault} fields={fields} onReady={(give) => (focus.current = give)} />
        <div className="bar">
          <button type="button" className="primary" onClick={() => ask()}>Run</button>
          {run.running && <button type="button" onClick={cancel}>Cancel</button>}
          <RangePicker value={from} onChange={setFrom} />
          <label>
            Examples{" "}
            <select name="examples" value="" onChange={(event) => {
              const text = EXAMPLES[Number(event.target.value)]?.query ?? query;
              setQuery(text);
              ask(text);
            }}>
              <option value="" disabled>pick one</option>
              {EXAMPLES.map(({ title }, index) => <option key={title} value={index}>{title}</option>)}
            </select>
          </label>
        </div>
      </section>
      <Answer run={run} zone={zone} theme={theme} />
      <Sources api={api} token={token} zone={zone} onRefused={onRefused} />
    </main>
  );
}

function fromAddress(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}
