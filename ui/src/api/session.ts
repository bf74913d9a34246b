/** Where the token lives: only in this tab, gone when it closes. Never in local storage, never in the address for long. */
const KEY = "weir.token";

/** The token of this tab. One in the address (`#token=...`, as weir prints it) is taken over and removed from the address. */
export function readToken(): string {
  const match = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (match?.[1]) {
    sessionStorage.setItem(KEY, decodeURIComponent(match[1]));
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepToken(token: string): void {
  if (token === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}
