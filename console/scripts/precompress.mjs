// Writes a .br and a .gz beside every text file of dist, so that the program compresses nothing while it serves.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(js|css|svg|json)$/;

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const path = `${entry.parentPath}/${entry.name}`;
  if (!entry.isFile() || !TEXT.test(entry.name) || path.includes("/.vite/")) continue;
  const raw = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
  };
  const variants = { br: brotliCompressSync(raw, { params }), gz: gzipSync(raw, { level: 9 }) };
  for (const [extension, bytes] of Object.entries(variants)) {
    if (bytes.length < raw.length) writeFileSync(`${path}.${extension}`, bytes);
  }
}
