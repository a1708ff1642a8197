// Fails when what a browser loads outgrows its budget: kilobytes after brotli, from the manifest of the last build.
import { existsSync, readFileSync, statSync } from "node:fs";

/** What every page needs, and what a page adds of its own. */
const BUDGET = { shell: 165, page: 40 };

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
/** What is smaller as it is has no compressed twin. */
const bytes = (file) =>
  statSync(existsSync(`dist/${file}.br`) ? `dist/${file}.br` : `dist/${file}`).size;
const kilobytes = (files) => [...files].reduce((sum, file) => sum + bytes(file), 0) / 1000;

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
const first = kilobytes(shell);
// The shell fetches the ground of all pop-ups as soon as it stands.
const popups = Object.keys(manifest).find((key) => manifest[key].name === "popups");
closure(popups, shell);
const rows = [["shell", kilobytes(shell), BUDGET.shell]];
for (const key of Object.keys(manifest).filter((key) => /features\/[^/]+\/route\.tsx/.test(key))) {
  const own = [...closure(key)].filter((file) => !shell.has(file));
  const name = key.match(/features\/([^/]+)\//)[1];
  const earlier = rows.find((row) => row[0] === name);
  if (earlier) earlier[1] = Math.max(earlier[1], kilobytes(own));
  else rows.push([name, kilobytes(own), BUDGET.page]);
}
process.stdout.write(`first paint      ${first.toFixed(1).padStart(7)} kB\n`);
let failed = false;
for (const [name, size, budget] of rows) {
  const over = size > budget;
  failed ||= over;
  process.stdout.write(
    `${name.padEnd(16)} ${size.toFixed(1).padStart(7)} kB of ${budget}${over ? "  TOO LARGE" : ""}\n`,
  );
}
process.exit(failed ? 1 : 0);
