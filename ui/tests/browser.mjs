// The page in a real browser against the real program: `WEIR_BIN=path/to/weir npm run browser`.
//
// Starts weir on free ports with an empty data folder, sends events, and does what a person would do. Every wait is for a state, with a
// limit. WEIR_SHOTS=folder keeps screenshots.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const LIMIT_MS = 60_000;
const EVENTS = 30;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Calls `look` until it gives something true; fails with `what` after the limit. */
async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

async function startWeir(folder) {
  const binary = process.env.WEIR_BIN;
  if (!binary) throw new Error("set WEIR_BIN to the weir binary");
  const ready = join(folder, "ready.json");
  const args = ["run", "--data", join(folder, "data"), "--http", "127.0.0.1:0", "--syslog", "127.0.0.1:0", "--ready-file", ready];
  const child = spawn(binary, args, { stdio: ["ignore", "inherit", "inherit"] });
  let code;
  child.on("exit", (status) => (code = status ?? "a signal"));
  const told = await until("the ready file", () => {
    if (code !== undefined) throw new Error(`weir ended with ${code}`);
    try {
      return existsSync(ready) && JSON.parse(readFileSync(ready, "utf8"));
    } catch {
      return undefined; // Half written: look again.
    }
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await until("weir to stop", () => code !== undefined).catch(() => child.kill("SIGKILL"));
  };
  return { url: `http://${told.http}`, token: told.token, stop };
}

async function sendEvents({ url, token }) {
  const categories = ["authentication", "network", "malware"];
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    timestamp: new Date(Date.now() - index * 1000).toISOString(),
    "event.category": categories[index % 3],
    "user.name": `user${index}`,
    "source.ip": `192.0.2.${index}`,
    number: index,
  }));
  const reply = await fetch(`${url}/v1/ingest/browser`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  if (reply.status !== 202) throw new Error(`ingest answered ${reply.status}: ${await reply.text()}`);
}

/** Puts `text` into the editor and runs it with the keyboard. */
async function ask(page, text) {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  // Typed over a selection, Chromium itself would try to keep its style inline and report that the policy forbids it.
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+Enter");
  await page.locator('.result[aria-busy="false"]').waitFor({ timeout: LIMIT_MS });
}

/** Asks again until the answer has what `found` looks for: stored events become visible a moment after they are acknowledged. */
async function askUntil(page, text, what, found) {
  await until(what, async () => {
    await ask(page, text);
    return found();
  });
}

function same(what, left, right) {
  if (JSON.stringify(left) !== JSON.stringify(right)) throw new Error(`${what}: ${JSON.stringify(left)} is not ${JSON.stringify(right)}`);
}

/** Waits until colours no longer change: in the middle of a fade a button has the contrast of neither theme. */
async function settled(page) {
  await until("the page's animations to end", () => page.evaluate(() => document.getAnimations().every(({ playState }) => playState !== "running")));
}

/** Fails on what a person with a keyboard, a screen reader or weak eyes would stumble over. */
async function accessible(page) {
  await settled(page);
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  same("accessibility", serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`), []);
}

const TESTS = {
  async "the token in the address is taken over and hidden"({ page, weir }) {
    await page.goto(`${weir.url}/#token=${encodeURIComponent(weir.token)}`);
    await page.locator(".cm-content").waitFor();
    same("address", new URL(page.url()).hash, "");
  },
  async "a query shows its rows in a table"({ page }) {
    const rows = page.locator("table.rows tbody tr");
    const query = 'fetch logs, from: -1h\n| filter weir.source == "browser"\n| fields user.name, source.ip, number\n| sort number asc';
    await askUntil(page, query, `${EVENTS} rows`, async () => (await rows.count()) === EVENTS);
    same("first row", await rows.first().locator("td").allInnerTexts(), ["user0", "192.0.2.0", "0"]);
    same("names", (await page.locator("table.rows th").allInnerTexts()).map((text) => text.split(/\s/)[0]), ["user.name", "source.ip", "number"]);
    await shot(page, "table");
    await accessible(page);
  },
  async "a row opens with all its fields, by keyboard"({ page }) {
    await page.locator("table.rows tbody tr").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("user1", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  },
  async "a time series is drawn as lines and has a table"({ page }) {
    await ask(page, 'fetch logs, from: -1h\n| filter weir.source == "browser"\n| makeTimeseries count(), by: { event.category }, interval: 1m');
    await page.locator(".chart canvas").waitFor();
    const legend = await page.locator(".u-legend .u-label").allInnerTexts();
    same("lines", legend.slice(1).sort(), ["authentication", "malware", "network"]);
    await shot(page, "chart");
    await accessible(page);
    await page.getByRole("button", { name: "Table" }).click();
    same("groups", await page.locator("table.rows tbody tr").count(), 3);
  },
  async "a typo is answered with its place and a hint"({ page }) {
    await ask(page, "fetch logs\n| fitler number == 1");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    const text = await alert.innerText();
    if (!/DQL-\d+/.test(text) || !text.includes("filter")) throw new Error(`no id or hint in: ${text}`);
    await shot(page, "error");
  },
  async "sources show what arrived"({ page }) {
    const line = page.locator(".sources tbody tr", { hasText: "browser" });
    await until("the source's count", async () => (await line.count()) > 0 && (await line.innerText()).includes(String(EVENTS)));
  },
  async "the keyboard sheet lists what the keys do"({ page }) {
    await page.locator("h1").click();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("run the query").waitFor();
    await page.keyboard.press("Escape");
  },
  async "dark colours reach the page and the editor"({ page }) {
    await page.emulateMedia({ colorScheme: "dark" });
    await until("dark", async () => (await page.locator("html").getAttribute("data-theme")) === "dark");
    await shot(page, "dark");
    await accessible(page);
  },
  async "a wrong token is refused and asked for again"({ page, weir }) {
    await page.evaluate(() => sessionStorage.setItem("weir.token", "wrong"));
    await page.goto(weir.url);
    await page.getByText("That token is not accepted").waitFor();
    await accessible(page);
    await page.getByLabel("Token").fill(weir.token);
    await page.keyboard.press("Enter");
    await page.locator(".cm-content").waitFor();
  },
  async "nothing on the page broke its security policy or threw"({ broken }) {
    same("problems", broken, []);
  },
};

async function shot(page, name) {
  if (process.env.WEIR_SHOTS) await page.screenshot({ path: join(process.env.WEIR_SHOTS, `${name}.png`), fullPage: true });
}

/** Everything the browser complains about, except requests that a test makes fail on purpose. */
function watch(page) {
  const broken = [];
  page.on("pageerror", (error) => broken.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (400|401)/.test(message.text())) broken.push(message.text());
  });
  return broken;
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "weir-browser-"));
  const weir = await startWeir(folder);
  let passed = 0;
  let failed = 0;
  let browser;
  try {
    await sendEvents(weir);
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(LIMIT_MS / 2);
    const broken = watch(page);
    for (const [name, test] of Object.entries(TESTS)) {
      try {
        await test({ page, weir, broken });
        passed += 1;
        console.log(`ok      ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n        ${error.message}`);
        await shot(page, `failed-${failed}`);
      }
    }
  } finally {
    await browser?.close();
    await weir.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
