// The Talks view: packages in a table and a plane, a deal made by hand, searches that can be stopped; numbers agree with the
// command line.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { axe, browser, openPage, parley, pictureFolder, server, serveTests, until } from './harness.mjs';

const GAME = 'scenarios/london-2025-game.yaml';
const QUIET = '/?tab=talks&q.find='; // no search begins by itself
const LONG = { timeout: 240000 };

serveTests();

const facts = (page) => page.$eval('#panel-talks', (node) => ({ ...node.dataset }));
const tableShown = (page) => page.waitForSelector('#panel-talks[data-table]', LONG);
const payoffs = (page) => page.$$eval('.deal .party', (nodes) => Object.fromEntries(nodes.map((node) => [node.dataset.player, Number(node.dataset.payoff)])));
const place = (page) => page.$eval('.plane .point.yours', (node) => node.getAttribute('transform'));

/** Commands of talks that the server has at work. */
function working() {
    const isChild = (id) => {
        try {
            const words = fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
            const parent = /PPid:\s+(\d+)/.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8'))[1];
            return words.includes('talks') && Number(parent) === server.child.pid;
        } catch {
            return false; // It has ended meanwhile.
        }
    };
    return fs.readdirSync('/proc').filter((id) => /^\d+$/.test(id) && isChild(id)).length;
}

async function slide(page, name, values, release = true) {
    const send = (type) => page.$eval(`#talks-${name}`, (node, event) => node.dispatchEvent(new Event(event, { bubbles: true })), type);
    for (const value of values) {
        await page.$eval(`#talks-${name}`, (node, at) => (node.value = at), value);
        await send('input');
    }
    if (release) await send('change');
}

test('talks: what stands is shown at once, then every package', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, QUIET);
    await page.waitForSelector('.deal .party');
    assert.equal((await facts(page)).table, undefined, 'today stands there before the packages are valued');
    await tableShown(page);
    const table = await parley('talks', 'table', GAME);
    const rows = await page.$$eval('.talks-stage > .figure .table tbody tr th', (cells) => cells.map((cell) => cell.textContent));
    for (const deal of table.deals.slice(1)) assert.ok(rows.includes(deal.name), `${deal.name} among ${rows}`);
    assert.equal(await page.textContent('.opening .answer p'), table.answer[0]);
    assert.equal(await page.$$eval('.plane .point', (nodes) => nodes.length > 3), true);
    assert.deepEqual(faults, { console: [], outside: [] });
    await page.screenshot({ path: path.join(pictureFolder(), 'talks.png'), fullPage: true });
    await close();
});

test('talks: a slider moves the point, and the numbers are those of the command line', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, QUIET);
    await page.waitForSelector('.deal .party');
    const before = await place(page);
    const warm = page.waitForResponse((answer) => /\/api\/talks\/value\?.*us-tariff%3D-12%25.*warm=1/.test(answer.url()));
    await slide(page, 'us-tariff', [-5, -12], false);
    assert.equal((await (await warm).json()).start, 'warm', 'what moves is answered by the desk');
    await page.waitForSelector('#panel-talks[data-hand=package]');
    await until(async () => (await place(page)) !== before, 'the point moves while the slider does');
    await slide(page, 'us-tariff', [-20]);
    await page.waitForFunction(() => document.querySelectorAll('.deal .verdict').length === 4, null, LONG);
    const value = await parley('talks', 'value', GAME, '--set', 'us-tariff=-20%', '--kept');
    const deal = value.deals.find((one) => one.name === 'package');
    const shown = await payoffs(page);
    for (const { player, payoff } of deal.players) assert.equal(shown[player], payoff, player);
    const meaning = await page.$$eval('.deal .meaning li', (items) => items.map((item) => item.textContent));
    assert.deepEqual(meaning, deal.meaning);
    assert.match(page.url(), /q\.set=us-tariff:-20/);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('talks: a link brings the same deal again', LONG, async () => {
    const { page, close } = await openPage(browser, server, `${QUIET}&q.set=us-tariff:-15,cn-magnets:80`);
    await page.waitForFunction(() => document.querySelectorAll('.deal .verdict').length === 4, null, LONG);
    const value = await parley('talks', 'value', GAME, '--set', 'us-tariff=-15%', '--set', 'cn-magnets=80%', '--kept');
    const shown = await payoffs(page);
    for (const { player, payoff } of value.deals[2].players) assert.equal(shown[player], payoff, player);
    assert.equal(await page.inputValue('#talks-us-tariff'), '-15');
    assert.equal(await page.inputValue('#talks-cn-magnets'), '80');
    await close();
});

test('talks: a package of the table is taken in hand and put into the sliders; back brings the one before', LONG, async () => {
    const { page, close } = await openPage(browser, server, QUIET);
    await tableShown(page);
    await page.getByRole('button', { name: 'full-rollback', exact: true }).click();
    await page.waitForSelector('#panel-talks[data-hand=full-rollback]');
    assert.equal(await page.inputValue('#talks-us-tariff'), '-30');
    assert.equal(await page.inputValue('#talks-cn-tariff'), '-20');
    assert.match(await page.textContent('.deal h2'), /full-rollback/);
    await page.goBack();
    await page.waitForSelector('#panel-talks[data-hand=today]');
    assert.equal(await page.inputValue('#talks-us-tariff'), '0');
    await close();
});

test('talks: stopping a search ends its process', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, QUIET);
    await tableShown(page);
    await until(() => working() === 0, 'nothing is at work before');
    const search = page.locator('.search[data-verb=frontier]');
    await search.getByRole('button', { name: 'The frontier' }).click();
    await until(() => working() === 1, 'the frontier is at work');
    await search.getByRole('button', { name: 'Stop' }).click();
    await until(() => working() === 0, 'the process has ended');
    assert.match(await search.textContent(), /Stopped/);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('talks: the frontier is drawn as it is found', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, `${QUIET}&q.zoom=frontier`);
    await tableShown(page);
    const search = page.locator('.search[data-verb=frontier]');
    await search.getByRole('button', { name: 'The frontier' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.plane .growing circle').length > 4, null, LONG);
    assert.equal(await page.locator('.plane .frontier').count(), 0, 'the answer is not there yet');
    assert.equal(await page.locator('.plane .growing path').count(), 1, 'a line goes through the best of them');
    await page.locator('.plane-place').screenshot({ path: path.join(pictureFolder(), 'talks-growing.png') });
    await search.getByRole('button', { name: 'Stop' }).click();
    await until(async () => (await page.locator('.plane .growing circle').count()) === 0, 'what was found goes with the search');
    await until(() => working() === 0, 'the process has ended');
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('talks: the plane is walked by keys, and says what is there', LONG, async () => {
    const { page, close } = await openPage(browser, server, QUIET);
    await tableShown(page);
    await page.focus('.plane[role=listbox]');
    await page.keyboard.press('ArrowRight');
    const first = await page.getAttribute('.plane[role=listbox]', 'aria-activedescendant');
    await page.keyboard.press('ArrowRight');
    const second = await page.getAttribute('.plane[role=listbox]', 'aria-activedescendant');
    assert.notEqual(first, second);
    assert.match(await page.getAttribute(`#${second}`, 'aria-label'), /over no deal/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#panel-talks[data-hand=us-rollback-for-licences]');
    assert.equal(await page.evaluate(() => document.activeElement.classList.contains('plane')), true, 'the plane keeps the focus');
    await close();
});

test('talks: what is refused is said in the program’s words', LONG, async () => {
    const { page, close } = await openPage(browser, server, `${QUIET}&q.set=us-tariff:-90`);
    await page.waitForSelector('#panel-talks .problem', LONG);
    assert.match(await page.textContent('#panel-talks .problem'), /us-tariff at -90% is outside its box of -30% to 115%/);
    await close();
});

for (const colorScheme of ['light', 'dark'])
    test(`talks: axe finds nothing, ${colorScheme} and on a phone`, LONG, async () => {
        const viewport = colorScheme === 'dark' ? { width: 390, height: 844 } : { width: 1440, height: 900 };
        const { page, close } = await openPage(browser, server, `${QUIET}&q.deal=truce-30-10`, { colorScheme, viewport });
        await tableShown(page);
        assert.deepEqual(await axe(page), []);
        const { width, wide } = await page.evaluate(() => ({ width: window.innerWidth, wide: document.documentElement.scrollWidth }));
        assert.ok(wide <= width, `${wide} wide in ${width}`);
        await page.screenshot({ path: path.join(pictureFolder(), `talks-${colorScheme}.png`), fullPage: true });
        await close();
    });

test('talks: steps by key are one step back, and intervals are shown when draws are asked for', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, QUIET);
    await tableShown(page);
    await page.focus('#talks-us-tariff');
    for (let k = 0; k < 5; k++) await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => /q\.set=us-tariff:-5/.test(window.location.search));
    await page.goBack();
    await page.waitForSelector('#panel-talks[data-hand=today]');
    assert.equal(await page.inputValue('#talks-us-tariff'), '0');
    assert.equal(await page.locator('.whiskers path').count(), 0);
    await page.getByLabel('Uncertainty').selectOption('20');
    await page.waitForFunction(() => document.querySelectorAll('.whiskers path').length >= 12, null, LONG);
    const table = await parley('talks', 'table', GAME, '--draws', '20');
    const rows = await page.$$eval('.plane .whiskers path', (paths) => paths.length);
    assert.ok(rows >= table.deals.length);
    assert.match(page.url(), /q\.draws=20/);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('talks: the point is dragged to payoffs, and the tariffs that bring them are found', LONG, async () => {
    const { page, faults, close } = await openPage(browser, server, QUIET, { viewport: { width: 1440, height: 950 } });
    await tableShown(page);
    const ring = async () => {
        const box = await page.locator('.plane .point.yours .ring').boundingBox();
        return box ? [box.x + box.width / 2, box.y + box.height / 2] : [NaN, NaN]; // It is being drawn anew.
    };
    const [x, y] = await ring();
    const aim = [x + 24, y - 22];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 10, y - 10);
    await page.mouse.move(...aim, { steps: 4 });
    await until(async () => {
        const [left, top] = await ring();
        return Math.hypot(left - aim[0], top - aim[1]) < 4;
    }, 'the point comes to where the pointer is');
    await page.mouse.up();
    await page.waitForFunction(() => /q\.set=/.test(window.location.search) && document.querySelectorAll('.deal .verdict').length === 4, null, LONG);
    const set = new URL(page.url()).searchParams.get('q.set').split(',');
    assert.equal(set.length, 2);
    const value = await parley('talks', 'value', GAME, ...set.flatMap((one) => ['--set', `${one.replace(':', '=')}%`]));
    const shown = await payoffs(page);
    for (const { player, payoff } of value.deals[2].players) assert.equal(shown[player], payoff, player);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('talks: a link to a game, a search or a deal that is not there says so', LONG, async () => {
    const { page, close } = await openPage(browser, server, '/?tab=talks&q.game=london-2052&q.find=fronteer&q.deal=chips-for-magents');
    await page.waitForFunction(() => document.querySelectorAll('.trouble p').length === 3, null, LONG);
    const told = await page.$$eval('.trouble p', (nodes) => nodes.map((node) => node.textContent));
    for (const [k, name] of ['london-2052', 'fronteer', 'chips-for-magents'].entries()) assert.match(told[k], new RegExp(`‘${name}’, which is not known; known are `));
    await close();
});
