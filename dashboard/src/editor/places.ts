/** Lines of a text, at least one. */
export const lineCount = (text: string): number => text.split("\n").length;

/** Where a place of a compiler is in a text: the word at the column, or the line where no column is known. Both count from 1. */
export function placeOf(text: string, line: number, column: number | null): { start: number; end: number } {
  const lines = text.split("\n");
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  const content = lines[index] ?? "";
  if (column === null) {
    return { start: before, end: before + content.length };
  }

  const from = Math.min(Math.max(column - 1, 0), content.length);
  const word = /^\w+/.exec(content.slice(from))?.[0] ?? "";
  return { start: before + from, end: before + from + word.length };
}
