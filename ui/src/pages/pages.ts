import type { ReactNode } from "react";
import type { Api } from "../api/client";
import type { Zone } from "../results/format";
import type { Shortcut } from "../shell/keys";
import { Explore } from "./explore/page";

/** What every page is given. */
export interface PageProps {
  api: Api;
  token: string;
  zone: Zone;
  /** `light` or `dark`; canvases are drawn again when it changes. */
  theme: string;
  /** Call when the server answers 401. */
  onRefused: () => void;
  /** The page's own shortcuts, for the keyboard and its sheet. */
  onShortcuts: (shortcuts: Shortcut[]) => void;
}

/** The pages, in the order of the navigation. A new page is a folder beside `explore` and a line here. */
export const PAGES: readonly { path: string; title: string; show: (props: PageProps) => ReactNode }[] = [
  { path: "/", title: "Explore", show: Explore },
];
