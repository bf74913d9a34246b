import { useEffect, useRef, useState } from "react";

/**
 * Calls `load` at once and then `everyMs` after each answer while the page is visible; never two calls at a time.
 *
 * `key` starts over (a new token, say). `error` is what the last call threw, undefined when it worked.
 */
export function usePoll<T>(load: () => Promise<T>, everyMs: number, key: string): { value: T | undefined; error: unknown } {
  const [state, setState] = useState<{ value: T | undefined; error: unknown }>({ value: undefined, error: undefined });
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      if (document.visibilityState === "visible") {
        try {
          const value = await latest.current();
          if (!stopped) setState({ value, error: undefined });
        } catch (error) {
          if (!stopped) setState((before) => ({ value: before.value, error }));
        }
      }
      if (!stopped) timer = setTimeout(turn, everyMs);
    };
    void turn();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [everyMs, key]);
  return state;
}
