// Fails when what a browser loads outgrows its budget: kilobytes after brotli, from the manifest of the last build.
import { readFileSync, statSync } from "node:fs";

/** What every page needs, and what a page adds of its own. */
const BUDGET = { shell: 165, page: 40 };

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
const kilobytes = (files) =>
  [...files].reduce((sum, file) => sum + statSync(`dist/${file}.br`).size, 0) / 1000;

/** The scripts and styles that load with a chunk. */
function closure(key, files = new Set()) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const imported of chunk.imports ?? []) closure(imported, files);
  return files;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = closure(entry);
const rows = [["shell", kilobytes(shell), BUDGET.shell]];
for (const key of Object.keys(manifest).filter((key) => /features\/[^/]+\/route\.tsx/.test(key))) {
  const own = [...closure(key)].filter((file) => !shell.has(file));
  const name = key.match(/features\/([^/]+)\//)[1];
  const earlier = rows.find((row) => row[0] === name);
  if (earlier) earlier[1] = Math.max(earlier[1], kilobytes(own));
  else rows.push([name, kilobytes(own), BUDGET.page]);
}
let failed = false;
for (const [name, size, budget] of rows) {
  const over = size > budget;
  failed ||= over;
  process.stdout.write(
    `${name.padEnd(16)} ${size.toFixed(1).padStart(7)} kB of ${budget}${over ? "  TOO LARGE" : ""}\n`,
  );
}
process.exit(failed ? 1 : 0);
