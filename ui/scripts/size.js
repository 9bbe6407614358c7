// What a start of the window has to read: fails when the built files are larger, compressed, than they may be.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 600_000;
const COMPRESSED = new Set([".js", ".css", ".html", ".svg"]);

const folder = new URL("../dist", import.meta.url).pathname;
let total = 0;
for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!statSync(path).isFile()) continue;
  const content = readFileSync(path);
  total += COMPRESSED.has(extname(path)) ? gzipSync(content).length : content.length;
}
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`ui/dist: ${kB(total)} compressed, of ${kB(LIMIT)}`);
if (total > LIMIT) {
  console.error("The window's files are too large. See what is in them: npx vite-bundle-visualizer");
  process.exit(1);
}
