import { afterEach, expect, test, vi } from "vitest";
import { Api, ApiError } from "./client";
import type { Row } from "./types";

afterEach(() => vi.unstubAllGlobals());

/** Runs a query against a server that gives `reply`. */
async function run(reply: Response | Error): Promise<{ rows: Row[]; outcome: unknown; sent: RequestInit | undefined }> {
  let sent: RequestInit | undefined;
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    sent = init;
    if (reply instanceof Error) throw reply;
    return reply;
  });
  const rows: Row[] = [];
  const outcome = await new Api("secret").query({ query: "fetch logs" }, (more) => rows.push(...more), new AbortController().signal).catch((error: unknown) => error);
  return { rows, outcome, sent };
}

test("rows arrive, meta is the result, the token goes along", async () => {
  const { rows, outcome, sent } = await run(new Response('{"a":1}\n{"weir.meta":{"rows":1}}\n'));
  expect(rows).toEqual([{ a: 1 }]);
  expect(outcome).toEqual({ rows: 1 });
  expect((sent?.headers as Record<string, string>)["authorization"]).toBe("Bearer secret");
});

test("the server's error is handed on as it is", async () => {
  const fault = { id: "DQL-001", what: "no command `fitler`", where: "line 2, column 3", why: "fitler\n^", hint: "did you mean `filter`?" };
  const { outcome } = await run(new Response(JSON.stringify({ error: fault }), { status: 400 }));
  expect((outcome as ApiError).fault).toEqual(fault);
  expect((outcome as ApiError).status).toBe(400);
});

test.each([
  ["a proxy's page", new Response("<h1>bad gateway</h1>", { status: 502 }), "HTTP 502"],
  ["no server", new TypeError("failed to fetch"), "UI-001"],
  ["garbage", new Response("<html>\n"), "UI-002"],
  ["an answer cut short", new Response('{"a":1}\n'), "UI-003"],
])("%s becomes an error with an id", async (_, reply, id) => {
  expect(((await run(reply)).outcome as ApiError).fault.id).toBe(id);
});
