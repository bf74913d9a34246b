import { useMemo, useState } from "react";
import { Api } from "../api/client";
import { keepToken, readToken } from "../api/session";
import { PAGES } from "../pages/pages";
import type { Zone } from "../results/format";
import { KeySheet, single, useShortcuts, type Shortcut } from "./keys";
import { useTheme } from "./theme";
import { TokenForm } from "./token";

/** Frame around every page: name, navigation, time zone, theme, token, keyboard. */
export function App() {
  const [token, setToken] = useState(readToken);
  const [refused, setRefused] = useState(false);
  const [zone, setZone] = useState<Zone>("utc");
  const [help, setHelp] = useState(false);
  const [pageKeys, setPageKeys] = useState<Shortcut[]>([]);
  const { theme, shown, turn } = useTheme();
  const api = useMemo(() => new Api(token), [token]);
  const shortcuts: Shortcut[] = [...pageKeys, { keys: "?", says: "this sheet", is: single("?"), run: () => setHelp(true) }];
  useShortcuts(shortcuts);

  const change = (next: string) => {
    keepToken(next);
    setToken(next);
    setRefused(false);
  };
  const page = PAGES.find(({ path }) => path === location.pathname) ?? PAGES[0];
  const Page = page?.show;
  return (
    <>
      <header className="top">
        <h1>weir</h1>
        <nav aria-label="Pages">
          {PAGES.map(({ path, title }) => (
            <a key={path} href={path} aria-current={path === page?.path ? "page" : undefined}>{title}</a>
          ))}
        </nav>
        <span className="grow" />
        <button type="button" onClick={() => setZone(zone === "utc" ? "local" : "utc")} title="Time zone of all times on the page">
          {zone === "utc" ? "UTC" : "local time"}
        </button>
        <button type="button" onClick={turn} title="Colours: system, light, dark">{theme === "auto" ? "system colours" : theme}</button>
        <button type="button" onClick={() => setHelp(true)} title="Keyboard shortcuts" aria-label="Keyboard shortcuts">?</button>
        {token !== "" && <button type="button" onClick={() => change("")}>Forget token</button>}
      </header>
      {token === "" || refused ? (
        <TokenForm refused={refused} onToken={change} />
      ) : (
        Page && <Page api={api} token={token} zone={zone} theme={shown} onRefused={() => setRefused(true)} onShortcuts={setPageKeys} />
      )}
      {help && <KeySheet shortcuts={shortcuts} onClose={() => setHelp(false)} />}
    </>
  );
}
