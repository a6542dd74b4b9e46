/** What Enter inserts at a position: a line break and the current line's indentation, one step deeper after an opener. */
export function indented(text: string, position: number): string {
  const line = text.slice(text.lastIndexOf("\n", position - 1) + 1, position);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  return `\n${indent}${/[:{([]\s*$/.test(line) ? "    " : ""}`;
}
