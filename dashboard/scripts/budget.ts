/** What Vite writes to .vite/manifest.json, as far as we read it. */
export type Manifest = Record<string, Chunk>;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

interface Budget {
  what: string;
  /** A module of the page; the entry when absent. */
  module?: string;
  /** Gzipped kilobytes (1000 bytes) of JavaScript and style sheets, beyond the entry's unless it is the entry. */
  limit: number;
}

const budgets: Budget[] = [
  { what: "Entry", limit: 220 },
  { what: "Sign-in, beyond the entry", module: "src/features/auth/SignInPage.tsx", limit: 30 },
  { what: "Portfolio, beyond the entry", module: "src/features/portfolio/PortfolioPage.tsx", limit: 120 },
  { what: "Session, beyond the entry", module: "src/features/sessions/SessionPage.tsx", limit: 120 },
];

/** Chunks that may never load with the entry, by the beginning of their file name. */
const lazyOnly = ["assets/charts-"];

/**
 * Adds up what each page loads.
 * @param gzipped Size of a built file, gzipped, in bytes.
 * @param report Told one line per budget.
 * @returns What is wrong, one sentence each; empty when all is well.
 */
export function overBudget(manifest: Manifest, gzipped: (file: string) => number, report: (line: string) => void): string[] {
  const entryKey = Object.keys(manifest).find((key) => manifest[key]?.isEntry);
  if (entryKey === undefined) {
    return ["The manifest names no entry."];
  }

  const entryFiles = closure(manifest, entryKey);
  const problems = [...entryFiles]
    .filter((file) => lazyOnly.some((prefix) => file.startsWith(prefix)))
    .map((file) => `${file} loads with the entry; it belongs to the pages that draw charts.`);

  for (const { what, module, limit } of budgets) {
    if (module !== undefined && manifest[module] === undefined) {
      problems.push(`${module} is not a chunk of its own any more.`);
      continue;
    }

    const files = [...closure(manifest, module ?? entryKey)].filter((file) => module === undefined || !entryFiles.has(file));
    const kilobytes = files.reduce((sum, file) => sum + gzipped(file), 0) / 1000;
    report(`${what}: ${kilobytes.toFixed(1)} of ${limit} kB`);
    if (kilobytes > limit) {
      problems.push(`${what} weighs ${kilobytes.toFixed(1)} kB gzipped; its budget is ${limit} kB.`);
    }
  }

  return problems;
}

function closure(manifest: Manifest, from: string): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const waiting = [from];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const chunk = manifest[key];
    if (chunk === undefined || seen.has(key)) {
      continue;
    }

    seen.add(key);
    files.add(chunk.file);
    chunk.css?.forEach((file) => files.add(file));
    waiting.push(...(chunk.imports ?? []));
  }

  return files;
}
