// usage: node build.mjs OUT [MODULES]
// Bundles the page into the folder OUT: index.html, page.js, page.css, countries.json, licences.txt. MODULES is the folder
// node_modules that `npm ci` made from package-lock.json (default: the one beside this file).
import { createRequire } from 'node:module';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { outlines } from './outlines.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] || path.join(here, 'dist'));
const modules = path.resolve(process.argv[3] || path.join(here, 'node_modules'));
const require = createRequire(path.join(modules, 'any.js'));

/**
 * Plot writes a style sheet into each picture, which the page's content policy rightly refuses; page.css has its rules. Its text
 * is left in the picture as what it is to this page, an annotation.
 */
const withoutInlineStyle = {
    name: 'without-inline-style',
    setup(build) {
        build.onLoad({ filter: /@observablehq[/\\]plot[/\\]src[/\\](plot|legends[/\\]ramp|legends[/\\]swatches)\.js$/ }, async ({ path: file }) => {
            const text = await fs.readFile(file, 'utf8');
            const changed = text.replace(/append\("style"\)/g, 'append("metadata")').replace('insert("style", ', 'insert("template", ');
            if (changed === text) throw new Error(`${file} writes no style sheet any more`);
            return { contents: changed, loader: 'js' };
        });
    },
};

/** Bundles the script and the style sheet; returns the packages that ended up in them. */
async function bundle() {
    const esbuild = require('esbuild');
    const result = await esbuild.build({
        entryPoints: { page: path.join(here, 'src/main.js') },
        outdir: out,
        absWorkingDir: here,
        nodePaths: [modules],
        bundle: true,
        format: 'esm',
        target: ['es2022'],
        minify: true,
        plugins: [withoutInlineStyle],
        charset: 'utf8',
        legalComments: 'none',
        metafile: true,
        logLevel: 'warning',
    });
    const inputs = Object.keys(result.metafile.inputs);
    const names = inputs.map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)).filter(Boolean);
    return [...new Set(names.map((match) => match[1]))];
}

/** Loads a package that is an ES module; require does not. */
async function load(name) {
    const { main } = JSON.parse(await fs.readFile(path.join(modules, name, 'package.json'), 'utf8'));
    return import(pathToFileURL(path.join(modules, name, main)));
}

/** The map of the world. */
async function map() {
    const tools = {
        client: require('topojson-client'),
        simplify: require('topojson-simplify'),
        geo: await load('d3-geo'),
    };
    const { iso31661 } = await load('iso-3166');
    return outlines(require('world-atlas/countries-50m.json'), iso31661, tools);
}

/** The licences of the packages that travel with the page. */
async function licences(names) {
    const texts = [];
    for (const name of [...names].sort()) {
        const folder = path.join(modules, name);
        const about = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
        const file = (await fs.readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file ? await fs.readFile(path.join(folder, file), 'utf8') : `License: ${about.license}\n`;
        texts.push(`${name} ${about.version}\n\n${text.trim()}\n`);
    }
    return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

await fs.mkdir(out, { recursive: true });
const names = await bundle();
await fs.writeFile(path.join(out, 'countries.json'), JSON.stringify(await map()));
await fs.writeFile(path.join(out, 'licences.txt'), await licences([...names, 'world-atlas', 'iso-3166']));
await fs.copyFile(path.join(here, 'index.html'), path.join(out, 'index.html'));
