import { useEffect, useRef } from "react";

/** One shortcut: what it does and how. The help sheet is drawn from the same list, so it cannot lie. */
export interface Shortcut {
  /** As shown to people. */
  keys: string;
  says: string;
  /** True when this event is the shortcut. Absent for keys the editor handles itself. */
  is?: (event: KeyboardEvent) => boolean;
  run?: () => void;
}

/** A key without modifiers, typed outside any input. */
export function single(key: string): (event: KeyboardEvent) => boolean {
  return (event) => event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event);
}

function typing(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const found = latest.current.find((each) => each.is?.(event));
      if (!found?.run || event.defaultPrevented) return;
      event.preventDefault();
      found.run();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** The sheet behind `?`. */
export function KeySheet({ shortcuts, onClose }: { shortcuts: readonly Shortcut[]; onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} className="detail" aria-label="Keyboard shortcuts" onClose={onClose}>
      <header>
        <h2>Keyboard</h2>
        <button type="button" onClick={() => box.current?.close()}>Close</button>
      </header>
      <dl className="keys">
        {shortcuts.map((each) => (
          <div key={each.keys}>
            <dt><kbd>{each.keys}</kbd></dt>
            <dd>{each.says}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
