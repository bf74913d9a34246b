import { useEffect, useState } from "react";

export type Theme = "auto" | "light" | "dark";
const KEY = "weir.theme";
const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };

/** The colour theme: what the person chose, else what their system says. `shown` is light or dark. */
export function useTheme(): { theme: Theme; shown: string; turn: () => void } {
  const [theme, setTheme] = useState<Theme>(() => saved());
  const [dark, setDark] = useState(() => system().matches);
  useEffect(() => {
    const query = system();
    const changed = () => setDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  const shown = theme === "auto" ? (dark ? "dark" : "light") : theme;
  useEffect(() => {
    document.documentElement.dataset["theme"] = shown;
  }, [shown]);
  const turn = () => {
    const next = NEXT[theme];
    localStorage.setItem(KEY, next);
    setTheme(next);
  };
  return { theme, shown, turn };
}

function system(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}

function saved(): Theme {
  const text = localStorage.getItem(KEY);
  return text === "light" || text === "dark" ? text : "auto";
}
