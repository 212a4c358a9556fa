// What the page's tests share: a server of the program under test on a free port, Debian's chromium, and a watch over what
// the page says on its console and asks of whom. PARLEY is the program, PARLEY_PAGE_MODULES the page's node_modules.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.env.PARLEY;
const require = createRequire(path.join(process.env.PARLEY_PAGE_MODULES, 'any.js'));
const { chromium } = require('playwright-core');
const axeText = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const run = promisify(execFile);

/** What the program prints as JSON for a command line. */
export async function parley(...words) {
    const { stdout } = await run(program, [...words, '--json'], { cwd: root, maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
}

/** Starts `parley serve`; {url, port, child, stop(signal)}. */
export async function startServer(port = 0) {
    const child = spawn(program, ['serve', '--no-open', '--port', String(port)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const ended = new Promise((done) => child.once('exit', done));
    const url = await new Promise((found, lost) => {
        const timer = setTimeout(() => lost(new Error(`parley serve said no address: ${said}`)), 60000);
        const listen = (data) => {
            said += data;
            const match = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
            if (!match) return;
            clearTimeout(timer);
            found(match[0]);
        };
        child.stdout.on('data', listen);
        child.stderr.on('data', listen);
        ended.then((code) => lost(new Error(`parley serve ended with ${code}: ${said}`)));
    });
    const stop = async (signal = 'SIGTERM') => {
        child.kill(signal);
        await ended;
    };
    return { url, port: Number(new URL(url).port), child, stop };
}

/** Chromium: CHROMIUM names another. */
export async function startBrowser() {
    const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
    return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** The server and the browser of a file of tests, between the first test and the last: see serveTests. */
export let server, browser;

/** Begins a server and a browser before the first test of a file, and ends them after the last. */
export function serveTests() {
    before(async () => {
        server = await startServer();
        browser = await startBrowser();
    });
    after(async () => {
        await browser?.close();
        await server?.stop();
    });
}

/**
 * A page at an address of the server, with what went wrong on it: {page, faults: {console, outside}}. Requests to others than the
 * server are blocked and recorded. `options` are those of playwright's newContext.
 */
export async function openPage(browser, server, address = '/', options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', acceptDownloads: true, ...options });
    context.setDefaultTimeout(60000);
    const page = await context.newPage();
    const faults = { console: [], outside: [] };
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) faults.console.push(message.text());
    });
    page.on('pageerror', (error) => faults.console.push(String(error)));
    await context.route('**/*', (route) => {
        const where = route.request().url();
        if (where.startsWith(server.url) || where.startsWith('data:') || where.startsWith('blob:')) return route.continue();
        faults.outside.push(where);
        return route.abort();
    });
    await page.goto(server.url + address);
    return { page, faults, close: () => context.close() };
}

/** Rows of the table beside a figure, from the CSV it saves: texts without their quotation marks. */
export async function savedTable(page, place) {
    const figure = page.locator(place);
    const toggle = figure.getByRole('button', { name: 'Table', exact: true });
    if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
    const [file] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: 'Save CSV' }).click()]);
    const lines = fs.readFileSync(await file.path(), 'utf8').trim().split('\n');
    return lines.map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replace(/^"|"$/g, '')));
}

/** Waits until something holds, and fails with the message if it does not come to. */
export async function until(holds, message) {
    for (let k = 0; k < 600; k++) {
        if (await holds()) return;
        await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail(message);
}

/** Violations of WCAG 2.2 A and AA that axe finds, as lines of text. */
export async function axe(page) {
    await page.evaluate(axeText);
    const result = await page.evaluate(() =>
        window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
    );
    return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

/** The middle of numbers. */
export function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
}

/** Waits until the World view shows an exact answer for these measures. */
export async function worldShown(page, own = null) {
    await page.waitForFunction((text) => {
        const shown = document.querySelector('.map-place')?.dataset.shown;
        return shown !== undefined && document.querySelector('svg.map .country') && (text === null || shown.endsWith(`|${text}`));
    }, own);
}

/** A number measured by a test: printed, and kept for the benchmark where PARLEY_PAGE_FIGURES names a file. */
export function report(name, value, unit) {
    console.log(`# ${name}: ${value.toFixed(1)} ${unit}`);
    if (process.env.PARLEY_PAGE_FIGURES) fs.appendFileSync(process.env.PARLEY_PAGE_FIGURES, `page,${name},${value.toFixed(1)},${unit}\n`);
}

/** Where pictures of the page go, for people to look at. */
export function pictureFolder() {
    const folder = process.env.PARLEY_PAGE_PICTURES || path.join(path.dirname(program), 'page/pictures');
    fs.mkdirSync(folder, { recursive: true });
    return folder;
}
