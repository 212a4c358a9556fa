// The page as a whole: tabs, addresses, errors, a server that goes away, and what holds of every view.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { axe, browser, openPage, pictureFolder, root, server, serveTests, startServer, until, worldShown } from './harness.mjs';

const TABS = ['world', 'calendar', 'talks'];

serveTests();

/** Waits until nothing has been asked for a while, or long work has gone on for a time: what is looked at holds all the while. */
const calm = (page) => page.waitForLoadState('networkidle', { timeout: 6000 }).catch(() => null);

test('page: tabs are reached by the keyboard, and the address follows', async () => {
    const { page, faults, close } = await openPage(browser, server);
    await worldShown(page);
    await page.focus('#tab-world');
    await page.keyboard.press('ArrowRight');
    assert.equal(new URL(page.url()).searchParams.get('tab'), 'calendar');
    assert.equal(await page.getAttribute('#tab-calendar', 'aria-selected'), 'true');
    assert.equal(await page.isVisible('#panel-calendar'), true);
    await page.keyboard.press('End');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-talks');
    await page.goBack();
    assert.equal(await page.getAttribute('#tab-calendar', 'aria-selected'), 'true');
    await page.goBack();
    assert.equal(await page.isVisible('#panel-world'), true);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('page: an address with a scenario that is not there says what the program says', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?scenario=lodnon-2025');
    const text = await page.textContent('.problem');
    assert.match(text, /lodnon-2025/);
    assert.match(text, /london-2025/, 'it suggests what was meant');
    await page.selectOption('.rail select >> nth=0', 'london-2025');
    await worldShown(page);
    assert.equal(await page.locator('.problem').count(), 0);
    assert.equal(faults.outside.length, 0);
    await close();
});

test('page: killed and started again, the program is found again', async () => {
    const own = await startServer();
    const { page, close } = await openPage(browser, own);
    await worldShown(page);
    await own.stop('SIGKILL');
    await page.check('input[name=variant][value=war]');
    await page.waitForSelector('#gone:not([hidden])');
    const again = await startServer(own.port);
    await page.waitForSelector('#gone', { state: 'hidden' });
    await page.waitForFunction(() => document.querySelector('.map-place').dataset.shown.startsWith('war|'));
    await close();
    await again.stop();
});

test('page: light and dark can be chosen, and stay chosen', async () => {
    const { page, close } = await openPage(browser, server, '/', { colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor);
    const light = await background();
    await page.selectOption('#theme', 'dark');
    assert.notEqual(await background(), light);
    await page.reload();
    assert.notEqual(await background(), light);
    await close();
});

test('page: a stream that is closed stops the program behind it', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    const children = () => execFileSync('ps', ['--ppid', String(server.child.pid), '-o', 'pid=,stat='], { encoding: 'utf8' }).split('\n').filter((line) => line.trim() && !/Z/.test(line)).length;
    const count = () => {
        try {
            return children();
        } catch {
            return 0; // ps finds none
        }
    };
    const first = await page.evaluate(async () => {
        window.stop = new AbortController();
        const answer = await fetch('/api/stream/talks/nash?scenario=london-2025-six', { signal: window.stop.signal });
        const reader = answer.body.getReader();
        let text = '';
        while (!text.includes('event: ')) text += new TextDecoder().decode((await reader.read()).value);
        return text;
    });
    assert.match(first, /event: progress/);
    assert.ok(count() > 0, 'a child works');
    await page.evaluate(() => window.stop.abort());
    await until(() => count() === 0, 'the child goes on');
    await close();
});

test('page: every asset is there, packed, and all of them are under 1.5 MB', async () => {
    const folder = path.join(path.dirname(process.env.PARLEY), 'page/dist');
    let total = 0;
    for (const name of fs.readdirSync(folder)) {
        const headers = execFileSync('curl', ['-sS', '-o', '/dev/null', '-D', '-', '-H', 'Accept-Encoding: gzip', `${server.url}/assets/${name}`], { encoding: 'utf8' });
        assert.match(headers, /^HTTP\/1.1 200/, name);
        assert.match(headers, /content-encoding: gzip/i, name);
        total += Number(/content-length: (\d+)/i.exec(headers)[1]);
    }
    console.log(`# assets: ${(total / 1024).toFixed(0)} KiB packed`);
    assert.ok(total < 1.5e6);
});

test('page: the picture of the README is there, and small', () => {
    const picture = fs.readFileSync(path.join(root, 'docs/pictures/page.png'));
    assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    assert.ok(picture.length < 300 * 1024, `${picture.length} bytes`);
});

const SIZES = [
    { name: 'wide', viewport: { width: 1440, height: 900 } },
    { name: 'phone', viewport: { width: 360, height: 780 } },
];

for (const tab of TABS)
    for (const { name, viewport } of SIZES)
        for (const colorScheme of ['light', 'dark'])
            test(`page: ${tab}, ${name}, ${colorScheme}: nothing for axe, the console or others, and no sideways scrolling`, async () => {
                const { page, faults, close } = await openPage(browser, server, `/?tab=${tab}`, { viewport, colorScheme });
                await calm(page);
                const height = await page.evaluate(() => document.documentElement.scrollHeight);
                for (let y = 0; y < height; y += viewport.height) {
                    await page.evaluate((at) => window.scrollTo(0, at), y);
                    await page.waitForTimeout(60);
                }
                await calm(page);
                await page.evaluate(() => window.scrollTo(0, 0));
                await page.screenshot({ path: path.join(pictureFolder(), `${tab}-${name}-${colorScheme}.png`), fullPage: true });
                assert.deepEqual(await axe(page), []);
                assert.deepEqual(faults, { console: [], outside: [] });
                const { inner, outer } = await page.evaluate(() => ({ inner: document.documentElement.scrollWidth, outer: document.documentElement.clientWidth }));
                assert.ok(inner <= outer, `${inner} px wide on ${outer}`);
                await close();
            });
