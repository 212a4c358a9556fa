// The Calendar view: measures by date, the path beside what was observed, and the end of the truce moved by hand; numbers agree
// with the command line.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { axe, browser, openPage, parley, pictureFolder, report, savedTable, server, serveTests } from './harness.mjs';

const MOVED = 'us-truce.until=2025-11-10;cn-truce.until=2025-11-10';

serveTests();

/** Waits until the path with these dates moved is shown. */
async function shown(page, moves = '') {
    await page.waitForFunction((text) => document.querySelector('.gantt')?.dataset.shown === `truce|${text}`, moves, { timeout: 30000 });
}

const address = (page) => new URL(page.url()).searchParams;

const column = (rows, name) => {
    const at = rows[0].findIndex((heading) => heading.startsWith(name));
    assert.ok(at >= 0, `${name} in ${rows[0]}`);
    return rows.slice(1).map((row) => (row[at] === '' ? null : Number(row[at])));
};

/** The same path from the command line. */
function pathOf(...words) {
    return parley('path', 'scenarios/london-2025.yaml', '--variant', 'truce', '--months', '18', '--countries', 'USA,CHN', '--variables', 'goods,duties,output_lost,stock', ...words, '-o', '-', '-q');
}

const CHART = '[data-series] .figure';

test('calendar: the first view shows measures, the path and what was observed', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?tab=calendar');
    await shown(page);
    report('calendar_first_view', await page.evaluate(() => performance.getEntriesByName('parley-shown')[0].startTime), 'ms');
    assert.match(await page.textContent('.opening h2'), /What if the truce ended on another day\?/);
    const bars = await page.$$eval('.plot-gantt [role=button]', (nodes) => nodes.map((node) => node.getAttribute('aria-label')));
    assert.ok(bars.some((label) => /us-truce, announced 12 May 2025, in force from 14 May 2025, until 12 August 2025, partly assumed$/.test(label)), bars.join('\n'));
    assert.ok(bars.some((label) => /us-china-125.*replaced by us-china-34-again on 14 May 2025/.test(label)));
    const asked = await pathOf();
    const row = asked.observed.find((one) => one.series === 'us-imports-china');
    const rows = await savedTable(page, CHART);
    assert.deepEqual(column(rows, 'Path'), row.model.level.map((value) => value / 1000));
    const counted = column(rows, 'Observed, US Census');
    for (const point of row.points.filter((one) => one.basis === 'level')) assert.equal(counted[asked.months.findIndex((one) => one.month === point.month)], point.value / 1000);
    assert.equal(counted.filter((value) => value !== null).length, 6);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('calendar: each basis is told by name, and agrees with the command line', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=calendar');
    await shown(page);
    const asked = await pathOf();
    const row = asked.observed.find((one) => one.series === 'us-imports-china');
    for (const [basis, name, key] of [['month', 'month on month', 'month_on_month'], ['year', 'year on year', 'year_on_year']]) {
        await page.check(`input[name=calendar-basis][value=${basis}]`);
        await page.waitForFunction((end) => document.querySelector('[data-series]').dataset.series.endsWith(end), `|${basis}`);
        assert.equal(address(page).get('q.basis'), basis);
        const rows = await savedTable(page, CHART);
        column(rows, 'Path').forEach((value, t) => assert.ok(Math.abs(value - row.model[key][t]) < 1e-9, `${basis} ${t}: ${value}`));
        const counted = column(rows, 'Observed, US Census');
        for (const point of row.points.filter((one) => one.basis === name)) assert.equal(counted[asked.months.findIndex((one) => one.month === point.month)], point.value);
        assert.match(await page.textContent(`${CHART} .basis`), /percent.*customs value.*change on the/);
    }
    await close();
});

test('calendar: the end of the truce moved by date changes the path, on both sides', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?tab=calendar');
    await shown(page);
    await page.fill('.end input[type=date]', '2025-11-10');
    await page.dispatchEvent('.end input[type=date]', 'change');
    await shown(page, MOVED);
    assert.equal(address(page).get('q.move'), MOVED);
    const [old, now] = [await pathOf(), await pathOf('--move', 'us-truce.until=2025-11-10', '--move', 'cn-truce.until=2025-11-10')];
    const goods = (answer) => answer.pairs.find((pair) => pair.importer === 'USA' && pair.exporter === 'CHN').goods.map((value) => value / 1000);
    const rows = await savedTable(page, CHART);
    assert.deepEqual(column(rows, 'Path with the end moved'), goods(now));
    assert.deepEqual(column(rows, 'Path as agreed'), goods(old));
    assert.ok(goods(now)[9] > 1.1 * goods(old)[9], 'October is not as it was');
    assert.match(await page.textContent('.consequence'), /on 10 November 2025, the United States buys goods worth \d+\.\d % more from China/);
    const duties = await savedTable(page, '.multiples .figure:last-child');
    assert.deepEqual(column(duties, 'United States ('), now.countries.USA.duties.map((value) => value / 1000));
    assert.deepEqual(column(duties, 'United States, as agreed'), old.countries.USA.duties.map((value) => value / 1000));
    await page.selectOption('.end select', '2025-07-09');
    await page.waitForFunction(() => /the pause for other partners/.test(document.querySelector('.end h3').textContent));
    await shown(page);
    await page.getByRole('button', { name: 'No end' }).click();
    await shown(page, 'us-pause.until=never');
    assert.equal(await page.getAttribute('.plot-gantt [role=slider]', 'aria-valuetext'), 'never');
    const bars = await page.$$eval('.plot-gantt [role=button]', (nodes) => nodes.map((node) => node.getAttribute('aria-label')));
    assert.ok(bars.some((label) => label.includes('us-pause') && !label.includes('until')), bars.join('\n'));
    await page.goBack();
    await page.goBack();
    await shown(page, MOVED);
    await page.getByRole('button', { name: /^As agreed/ }).click();
    await shown(page);
    assert.equal(address(page).get('q.move'), null);
    await page.goBack();
    await shown(page, MOVED);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('calendar: the handle is moved by the keyboard and by hand', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=calendar');
    await shown(page);
    const handle = page.locator('.plot-gantt [role=slider]');
    assert.equal(await handle.getAttribute('aria-valuetext'), '12 August 2025');
    await handle.focus();
    for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('PageUp');
    assert.equal(await page.inputValue('.end input[type=date]'), '2025-09-14');
    await shown(page, 'us-truce.until=2025-09-14;cn-truce.until=2025-09-14');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-valuetext')), '14 September 2025', 'the handle keeps the focus');
    const box = await page.locator('.plot-gantt .handle path').first().boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 120, box.y + 4, { steps: 6 });
    const dragged = await page.inputValue('.end input[type=date]');
    assert.ok(dragged < '2025-09-01' && dragged > '2025-05-15', dragged);
    assert.equal(address(page).get('q.move').includes(dragged), false, 'nothing is asked before the handle is let go');
    await page.mouse.up();
    await shown(page, `us-truce.until=${dragged};cn-truce.until=${dragged}`);
    await close();
});

test('calendar: long work says how far it is, and is cancelled', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?tab=calendar&q.months=60');
    await shown(page);
    await page.evaluate(() => {
        window.seen = [];
        new MutationObserver(() => window.seen.push(document.querySelector('.working span').textContent)).observe(document.querySelector('.working'), { subtree: true, childList: true, characterData: true });
    });
    const before = await page.textContent('.consequence');
    await page.getByRole('button', { name: 'No end' }).click();
    await page.waitForFunction(() => window.seen.some((text) => /of 60 months/.test(text)), null, { timeout: 20000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForFunction(() => document.querySelector('.working').hidden);
    await shown(page);
    assert.equal(address(page).get('q.move'), null);
    assert.equal(await page.textContent('.consequence'), before);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('calendar: a measure opens with its dates and its source, by click and by keyboard', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=calendar');
    await shown(page);
    await page.locator('.plot-gantt [role=button]', { hasText: 'us-truce' }).click();
    assert.match(await page.textContent('.measure-detail'), /us-truce.*partly assumed.*12 May 2025.*14 May 2025.*12 August 2025, the first day without it.*70 %.*Executive Order 14298/s);
    await page.locator('.plot-gantt [role=button][tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.doesNotMatch(await page.textContent('.measure-detail h4'), /us-truce/);
    assert.equal(await page.locator('.plot-gantt [aria-pressed=true]').count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-pressed')), 'true', 'the bar keeps the focus');
    await page.getByRole('button', { name: 'Close' }).click();
    assert.equal(await page.locator('.plot-gantt [aria-pressed=true]').count(), 0);
    await close();
});

test('calendar: a link shows the same view again', async () => {
    const { page, faults, close } = await openPage(browser, server, `/?tab=calendar&q.show=duty&q.basis=month&q.measure=cn-licence-magnets&q.months=12&q.move=${encodeURIComponent(MOVED)}`);
    await shown(page, MOVED);
    assert.equal(await page.getAttribute('[data-series]', 'data-series'), 'duty|USA<-CHN|USA||month');
    assert.equal(await page.inputValue('.end input[type=date]'), '2025-11-10');
    assert.match(await page.textContent('.measure-detail'), /45 working days/);
    assert.match(await page.textContent(`${CHART} .basis`), /percentage points.*duty by law; observed: duty collected/);
    assert.equal((await savedTable(page, CHART)).length, 13);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('calendar: any pair, country, sector or reported series can be chosen', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?tab=calendar&q.show=sector_volume&country=AUS&q.sector=C29');
    await shown(page);
    const asked = await parley('path', 'scenarios/london-2025.yaml', '--variant', 'truce', '--months', '18', '--countries', 'AUS', '--sectors', 'C29', '--variables', 'sector_volume', '-o', '-', '-q');
    assert.deepEqual(column(await savedTable(page, CHART), 'Path'), asked.sectors[0].sector_volume);
    await page.selectOption('.chart-tools select >> nth=0', 'r:magnet-exports-world');
    await page.check('input[name=calendar-basis][value=index]');
    await page.waitForFunction(() => document.querySelector('[data-series]').dataset.series.startsWith('r:magnet-exports-world') && document.querySelector('[data-series]').dataset.series.endsWith('index'));
    const rows = await savedTable(page, CHART);
    assert.ok(Math.abs(column(rows, 'Path')[0] - 100) < 1e-9);
    assert.ok(Math.abs(column(rows, 'Observed, Chinese customs')[4] - (100 * 1238) / 5026) < 1e-9);
    assert.match(await page.textContent(`${CHART} .note`), /100 is 5,026 tonnes, the mean of 4 months before the path/);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('calendar: a date that cannot be moved is told in the words of the program', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=calendar&q.move=nobody.until%3D2025-11-10');
    await page.waitForSelector('.problem');
    assert.match(await page.textContent('.problem'), /no measure of scenario 'london-2025' is called 'nobody'/);
    await close();
});

test('calendar: the certificate says what was moved and how to make it again', async () => {
    const { page, close } = await openPage(browser, server, `/?tab=calendar&q.move=${encodeURIComponent(MOVED)}`);
    await shown(page, MOVED);
    await page.locator(`${CHART} button`, { hasText: 'Certificate' }).click();
    const text = await page.textContent('dialog');
    assert.match(text, /Yes: all 18 months/);
    assert.match(text, /us-truce, until: 2025-11-10 instead of 2025-08-12/);
    assert.match(text, /parley path scenarios\/london-2025\.yaml .*--move us-truce\.until=2025-11-10 --move cn-truce\.until=2025-11-10/);
    assert.match(text, /US Census Bureau, imports for consumption/);
    await close();
});

for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true }]])
    test(`calendar: axe finds nothing (${name})`, async () => {
        const { page, faults, close } = await openPage(browser, server, `/?tab=calendar&q.measure=us-truce&q.move=${encodeURIComponent(MOVED)}`, options);
        await shown(page, MOVED);
        assert.deepEqual(await axe(page), []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `the page is ${wide} pixels too wide`);
        assert.deepEqual(faults, { console: [], outside: [] });
        await page.screenshot({ path: path.join(pictureFolder(), `calendar-${name}.png`), fullPage: true });
        await close();
    });
