import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const source = path.resolve(import.meta.dirname, "..");
const sheets = path.resolve(source, "../node_modules/@mantine/core/styles");

it("loads the style sheet of every component of the kit that the page uses", () => {
  const listed = readFileSync(path.join(source, "app/kitStyles.ts"), "utf8");
  const used = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(path.join(source, file), "utf8"))
    .flatMap((text) => text.match(/import \{[^}]*\} from "@mantine\/core"/g) ?? [])
    .flatMap((line) => line.match(/\b[A-Z]\w*/g) ?? []);

  const missing = [...new Set(used)].filter(
    (name) => existsSync(path.join(sheets, `${name}.layer.css`)) && !listed.includes(`/${name}.layer.css`),
  );

  expect(used).toContain("Button");
  expect(missing).toEqual([]);
});
