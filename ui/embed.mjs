// usage: node embed.mjs DIR OUT.c
// Packs every file of DIR with gzip into the table pl_assets of src/serve/serve.h. The same files give the same bytes.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const TYPES = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json; charset=utf-8',
    '.svg': 'image/svg+xml; charset=utf-8',
    '.txt': 'text/plain; charset=utf-8',
};
const WIDTH = 24;

function bytes(data) {
    const lines = [];
    for (let at = 0; at < data.length; at += WIDTH) lines.push(`    ${[...data.subarray(at, at + WIDTH)].join(',')},`);
    return lines.join('\n');
}

function asset(folder, name) {
    const type = TYPES[path.extname(name)];
    if (!type || !/^[a-z0-9.-]+$/.test(name)) throw new Error(`embed.mjs: no type is known for ${name}`);
    const text = fs.readFileSync(path.join(folder, name));
    const gzip = zlib.gzipSync(text, { level: 9 });
    const etag = crypto.createHash('sha256').update(text).digest('hex').slice(0, 20);
    return { name, type, gzip, etag };
}

const [folder, out] = process.argv.slice(2);
const assets = fs.readdirSync(folder).sort().map((name) => asset(folder, name));
const arrays = assets.map(({ gzip }, k) => `static const unsigned char file_${k}[] = {\n${bytes(gzip)}\n};`);
const rows = assets.map(({ name, type, gzip, etag }, k) => `    {"${name}", "${type}", file_${k}, ${gzip.length}, "\\"${etag}\\""},`);
fs.writeFileSync(
    out,
    `/* The page's files, made by ui/embed.mjs. */
#include "serve/serve.h"

${arrays.join('\n\n')}

const pl_asset pl_assets[] = {
${rows.join('\n')}
};
const size_t pl_asset_count = ${assets.length};
`,
);
