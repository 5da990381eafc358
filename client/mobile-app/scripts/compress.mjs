// Owns the compressed copies beside each file of the web export (`.br`, `.gz`), made once so that no server makes them per request.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url));
/** What is not compressed already. */
const SUITED = new Set(['.css', '.html', '.ico', '.js', '.json', '.map', '.svg', '.ttf', '.txt']);
const SMALLEST = 1_024;
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;

const ways = [
  [
    '.br',
    (body) =>
      promisify(brotliCompress)(body, {
        params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: body.length },
      }),
  ],
  ['.gz', (body) => promisify(gzip)(body, { level: 9 })],
];

const sums = { files: 0, raw: 0, '.br': 0, '.gz': 0 };
const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
const isPage = (path) => path.endsWith('index.html');
// The page comes last: when its copies are there, all are.
for (const path of paths.sort((a, b) => isPage(a) - isPage(b))) {
  if (!SUITED.has(extname(path))) continue;
  const body = await readFile(path);
  if (body.length < SMALLEST) continue;
  sums.files += 1;
  sums.raw += body.length;
  await Promise.all(
    ways.map(async ([ending, compress]) => {
      const small = await compress(body);
      sums[ending] += small.length;
      // A copy that saves nothing would only be another file.
      await (small.length < body.length
        ? writeFile(path + ending, small)
        : rm(path + ending, { force: true }));
    }),
  );
}
const kB = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
console.log(
  `compressed ${sums.files} files: ${kB(sums.raw)}, gzip ${kB(sums['.gz'])}, brotli ${kB(sums['.br'])}`,
);
