import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { type Manifest, overBudget } from "./budget.ts";

const compressible = /\.(js|css|svg|json|ttf)$/;

/**
 * Writes the brotli and gzip twins that the gateway serves, then holds the sizes against their budgets.
 * Browsers ask for brotli only on HTTPS and on localhost, so both are needed.
 */
export function afterBuild(): Plugin {
  let out = "";
  return {
    name: "stratforge:after-build",
    apply: "build",
    configResolved(config) {
      // resolve, not join: the gateway's build passes an absolute folder.
      out = path.resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const manifestFile = path.join(out, ".vite", "manifest.json");
      if (!existsSync(manifestFile)) {
        return;
      }

      for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (entry.isFile() && compressible.test(entry.name) && !entry.parentPath.endsWith(".vite")) {
          const bytes = readFileSync(file);
          writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
          writeFileSync(
            `${file}.br`,
            brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
          );
        }
      }

      const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as Manifest;
      const gzipped = (file: string) => readFileSync(path.join(out, compressible.test(file) ? `${file}.gz` : file)).length;
      const problems = overBudget(manifest, gzipped, (line) => this.info(line));
      if (problems.length > 0) {
        this.error(`The page outgrew its budget:\n${problems.join("\n")}`);
      }
    },
  };
}
