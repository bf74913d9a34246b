import { StringStream } from "@codemirror/language";
import { expect, test } from "vitest";
import { optionsFor } from "./complete";
import { startState, token } from "./language";
import { placeOf } from "./place";

/** The styled tokens of some lines as `style:text`. */
function styles(text: string): string[] {
  const state = startState();
  return text.split("\n").flatMap((line) => {
    const stream = new StringStream(line, 2, 2);
    const found: string[] = [];
    while (!stream.eol()) {
      stream.start = stream.pos;
      const style = token(stream, state);
      expect(stream.pos).toBeGreaterThan(stream.start);
      if (style && style !== "operator") found.push(`${style}:${stream.current()}`);
    }
    return found;
  });
}

test.each<[string, string[]]>([
  ["fetch logs, from: -5m", ["keyword:fetch", "variableName:logs", "labelName:from", "unit:5m"]],
  ["| filter a.b == \"x\\\"|y\" and not isNull(c)", ["controlOperator:|", "keyword:filter", "variableName:a.b", 'string:"x\\"|y"', "operatorKeyword:and", "operatorKeyword:not", "function:isNull", "variableName:c"]],
  ["// fetch\n/* a\nb */ fetch logs", ["comment:// fetch", "comment:/* a", "comment:b */", "keyword:fetch", "variableName:logs"]],
  ['| parse x, """a\n"b"""', ["controlOperator:|", "keyword:parse", "variableName:x", 'string:"""a', 'string:"b"""']],
  ["sort `count()` desc", ["keyword:sort", "propertyName:`count()`", "operatorKeyword:desc"]],
  ["| fieldsAdd a = 1.5e3 + 0x1F, t = now()@h", ["controlOperator:|", "keyword:fieldsAdd", "variableName:a", "number:1.5e3", "number:0x1F", "variableName:t", "function:now", "unit:@h"]],
  ['"open', ['string:"open']],
])("%s", (text, expected) => expect(styles(text)).toEqual(expected));

test("proposals follow the place", () => {
  const labels = (before: string) => optionsFor(before, ["a.b", "odd name"]).map(({ label }) => label);
  expect(labels("fetch logs\n| ")).toContain("summarize");
  expect(labels("fetch ")).toEqual(["logs", "events"]);
  expect(labels("fetch logs | filter ")).toEqual(expect.arrayContaining(["a.b", "`odd name`", "contains", "desc"]));
});

test.each([
  ["line 2, column 3", 8],
  ["line 1, column 1", 0],
  ["line 9, column 1", null],
  ["rules/x.yaml", null],
])("an error at %s points to %s", (where, offset) => expect(placeOf({ id: "", what: "", where }, "fetch\n| fitler")).toBe(offset));
