import { useState } from "react";

interface Props {
  /** Why the page asks: no token yet, or the server refused the one it had. */
  refused: boolean;
  onToken: (token: string) => void;
}

/** Asks for the API token. */
export function TokenForm({ refused, onToken }: Props) {
  const [text, setText] = useState("");
  return (
    <form
      className="token"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onToken(text.trim());
      }}
    >
      <h2>{refused ? "That token is not accepted" : "A token, please"}</h2>
      <p>
        weir printed one when it started for the first time; <code>weir token</code> makes another. It stays in this tab only.
      </p>
      <label>
        Token <input type="password" name="token" autoComplete="off" autoFocus value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit">Use it</button>
    </form>
  );
}
