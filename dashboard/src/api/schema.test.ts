import { readFileSync } from "node:fs";
import path from "node:path";
import openapiTS, { type OpenAPI3, astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("has the types of the API document beside it", async () => {
  const document = JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../../openapi/gateway.json"), "utf8")) as OpenAPI3;
  const committed = readFileSync(path.join(import.meta.dirname, "schema.d.ts"), "utf8");

  const generated = astToString(await openapiTS(document));

  // The command line puts a comment in front; when this fails, run: npm run types
  expect(committed.endsWith(generated)).toBe(true);
}, 20_000);
