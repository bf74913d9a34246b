import type { Fault } from "../api/types";

/** An error as weir words it: id, what, where, why (with its caret under the text) and what to do. */
export function FaultBox({ fault }: { fault: Fault }) {
  return (
    <section className="fault" role="alert" aria-label="Error">
      <p>
        <strong>{fault.what}</strong> <code>{fault.id}</code>
      </p>
      {fault.where && <p className="where">{fault.where}</p>}
      {fault.why && <pre>{fault.why}</pre>}
      {fault.hint && <p className="hint">hint: {fault.hint}</p>}
    </section>
  );
}
