// Adds the fonts, which no script imports, to the notices of what was bundled.
import { appendFileSync, readFileSync } from "node:fs";

for (const name of ["inter", "jetbrains-mono"]) {
  const folder = `node_modules/@fontsource-variable/${name}`;
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const license = readFileSync(`${folder}/LICENSE`, "utf8");
  appendFileSync(
    "dist/licenses.md",
    `\n## @fontsource-variable/${name} - ${version} (OFL-1.1)\n\n${license}`,
  );
}
