// Owns how the API's types come about: openapi.json (kept in this folder) becomes src/generated/schema.ts.
//
//   node scripts/generate.mjs                      from the kept document
//   node scripts/generate.mjs --from <url|file>    takes a new document first, such as what `aichat openapi` prints
//   node scripts/generate.mjs --check              writes nothing; fails when the kept types are not those of the document
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const documentPath = join(folder, 'openapi.json');
const typesPath = join(folder, 'src', 'generated', 'schema.ts');
const banner =
  '// Owns the types of the HTTP API. Generated from openapi.json by `npm run generate`; never edited by hand.\n';

const from = process.argv.includes('--from') ? process.argv[process.argv.indexOf('--from') + 1] : undefined;
const check = process.argv.includes('--check');

async function read(source) {
  if (!/^https?:/.test(source)) return JSON.parse(await readFile(source, 'utf8'));
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}`);
  return answer.json();
}

/** Operation ids are not unique over the services, and the types need none: routes are named by their paths. */
function withoutOperationIds(document) {
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path)) delete operation.operationId;
  }
  return document;
}

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/**
 * Puts right what the document says otherwise than the wire does; each does nothing once the document is right.
 * It writes the fields of tagged shapes in snake case, and the feed does not say that its posts are posts.
 */
function corrected(document) {
  const schemas = document.components?.schemas ?? {};
  for (const one of schemas.NotificationSubject?.oneOf ?? []) {
    one.properties = Object.fromEntries(
      Object.entries(one.properties).map(([name, of]) => [camel(name), of]),
    );
    one.required = one.required.map(camel);
  }
  for (const name of ['HomeItem', 'TrendingPost']) {
    const fields = schemas[name]?.properties;
    if (fields?.post && !fields.post.$ref) fields.post = { $ref: '#/components/schemas/Post' };
  }
  return document;
}

if (from) await writeFile(documentPath, `${JSON.stringify(await read(from), null, 1)}\n`);
const document = corrected(withoutOperationIds(await read(documentPath)));
const types = banner + astToString(await openapiTS(document, { alphabetize: true }));

if (!check) {
  await writeFile(typesPath, types);
} else if ((await readFile(typesPath, 'utf8')) !== types) {
  console.error('src/generated/schema.ts is not what openapi.json gives: run `npm run generate`.');
  process.exit(1);
}
