// The World view: what is first seen, the slider, a country, tables, the certificate; numbers agree with the command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, median, openPage, parley, report, savedTable, server, serveTests, worldShown } from './harness.mjs';

/** Tests run side by side on a busy machine; `./dev bench` measures on a quiet one, where the bars are 1 s and 50 ms. */
const SLACK = process.env.PARLEY_PAGE_FIGURES ? 1 : 6;
const US_SLIDER = '.measure[data-flow="tariff:USA:CHN"] input[type=range]';

serveTests();

const colourOf = (page, code) => page.$eval(`#map-${code}`, (node) => node.style.fill);
const labelOf = (page, code) => page.getAttribute(`#map-${code}`, 'aria-label');

/** Sets a slider as a hand does: input events on the way, change at the end. */
async function slide(page, selector, values, release = true) {
    for (const value of values)
        await page.$eval(selector, (node, at) => {
            node.value = at;
            node.dispatchEvent(new Event('input', { bubbles: true }));
        }, value);
    if (release) await page.$eval(selector, (node) => node.dispatchEvent(new Event('change', { bubbles: true })));
}

async function realIncome(variant, ...words) {
    const json = await parley('run', 'scenarios/london-2025.yaml', '--variant', variant, ...words, '-o', '-');
    const codes = json.world.countries.map((country) => country.code);
    return (code) => json.variants[0].values.real_income[codes.indexOf(code)];
}

test('world: the first view answers a question soon', async () => {
    const times = [];
    for (let k = 0; k < 3; k++) {
        const { page, faults, close } = await openPage(browser, server);
        await worldShown(page);
        times.push(await page.evaluate(() => performance.getEntriesByName('parley-shown')[0].startTime));
        assert.match(await page.textContent('.opening h2'), /What did the truce of Geneva change\?/);
        assert.match(await page.textContent('.answer'), /real income of the United States is .0\.18.%/);
        assert.deepEqual(faults, { console: [], outside: [] });
        await close();
    }
    report('first_view', median(times), 'ms');
    assert.ok(median(times) < 1000 * SLACK, `${median(times)} ms`);
});

test('world: the slider recolours the map, and the numbers are those of the command line', async () => {
    const { page, faults, close } = await openPage(browser, server);
    await worldShown(page);
    const before = await colourOf(page, 'USA');
    await slide(page, US_SLIDER, [60, 90, 120]);
    await worldShown(page, 'tariff:USA<-CHN=120%');
    assert.notEqual(await colourOf(page, 'USA'), before);
    const expected = await realIncome('truce', '--tariff', 'USA<-CHN=120%');
    for (const code of ['USA', 'CHN', 'SGP', 'IRL']) {
        const told = Number((await labelOf(page, code)).replace('−', '-').match(/: ([+-]?[\d.]+)/)[1]);
        assert.ok(Math.abs(told - expected(code)) < 6e-4, `${code}: ${told}`);
    }
    const rows = await savedTable(page, '.map-place .figure');
    const column = rows[0].findIndex((name) => name.startsWith('Real income'));
    for (const row of rows.slice(1)) assert.equal(Number(row[column]), expected(row[1]), row[1]);
    assert.equal(rows.length - 1, 81);
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('world: what a moving slider shows is the answer to 1e-9', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    await slide(page, US_SLIDER, [77], false);
    await page.waitForFunction(() => document.querySelector('.map-place').dataset.live === 'tariff:USA<-CHN=77%');
    const expected = await realIncome('truce', '--tariff', 'USA<-CHN=77%');
    const shown = await page.$$eval('.ranking li', (items) => items.map((item) => [item.dataset.code, Number(item.dataset.value)]));
    assert.ok(shown.length >= 8);
    for (const [code, value] of shown) assert.ok(Math.abs(value - expected(code)) < 1e-7, `${code}: ${value} against ${expected(code)}`);
    await close();
});

test('world: from the slider to the recoloured map', async () => {
    const { page, close } = await openPage(browser, server, '/', { viewport: { width: 1440, height: 900 } });
    await worldShown(page);
    const times = await page.evaluate(async (selector) => {
        const slider = document.querySelector(selector);
        const place = document.querySelector('.map-place');
        const one = async (value) => {
            const start = performance.now();
            slider.value = value;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            while (place.dataset.live !== `tariff:USA<-CHN=${value}%`) await new Promise((done) => requestAnimationFrame(done));
            return performance.now() - start;
        };
        const taken = [];
        for (let value = 20; value < 140; value += 2) taken.push(await one(value));
        return taken;
    }, US_SLIDER);
    report('slider_to_map', median(times), 'ms');
    assert.ok(median(times) < 50 * SLACK, `${median(times)} ms`);
    await close();
});

test('world: a drag asks one question at a time, and the last position is the one shown', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    let open = 0;
    let most = 0;
    let asked = 0;
    page.on('request', (request) => {
        if (!request.url().includes('warm=1')) return;
        asked += 1;
        most = Math.max(most, ++open);
    });
    const closed = (request) => request.url().includes('warm=1') && open--;
    page.on('requestfinished', closed);
    page.on('requestfailed', closed);
    await slide(page, US_SLIDER, Array.from({ length: 100 }, (_, k) => 20 + k), false);
    await page.waitForFunction(() => document.querySelector('.map-place').dataset.live === 'tariff:USA<-CHN=119%');
    assert.equal(most, 1);
    assert.ok(asked < 60, `${asked} questions for 100 positions`);
    await close();
});

test('world: a link shows the same view again, and the back button the one before', async () => {
    const { page, close } = await openPage(browser, server, '/?variant=war&measure=real_wage&country=DEU&q.own=tariff:USA%3C-CHN%3D80%25');
    await worldShown(page, 'tariff:USA<-CHN=80%');
    assert.equal(await page.isChecked('input[name=variant][value=war]'), true);
    assert.equal(await page.inputValue(US_SLIDER), '80');
    assert.match(await page.textContent('.map-place figcaption'), /Real wage/);
    assert.match(await labelOf(page, 'USA'), /United States/);
    assert.equal(await page.getAttribute('#map-DEU', 'aria-selected'), 'true');
    await page.click('.measure[data-flow="tariff:USA:CHN"] button');
    await worldShown(page, '');
    assert.equal(new URL(page.url()).searchParams.get('q.own'), null);
    await page.goBack();
    await worldShown(page, 'tariff:USA<-CHN=80%');
    await close();
});

test('world: a country is opened by a click, and by the keyboard', async () => {
    const { page, faults, close } = await openPage(browser, server, '/', { viewport: { width: 1440, height: 1000 } });
    await worldShown(page);
    await page.locator('#map-BRA').click();
    await page.waitForSelector('.charts h3:has-text("What Brazil buys")');
    await page.focus('svg.map');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const active = await page.getAttribute('svg.map', 'aria-activedescendant');
    assert.match(active, /^map-[A-Z]{3}$/);
    await page.keyboard.press('Enter');
    await page.waitForFunction((code) => new URLSearchParams(location.search).get('country') === code, active.slice(4));
    await page.selectOption('.part select >> nth=0', 'SGP');
    await page.waitForSelector('.charts h3:has-text("What Singapore buys")');
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('world: partners of a country agree with the command line', async () => {
    const { page, close } = await openPage(browser, server, '/?country=USA');
    await page.waitForSelector('.charts .figure');
    const rows = await savedTable(page, '.charts .figure >> nth=0');
    const json = await parley('run', 'scenarios/london-2025.yaml', '--variant', 'truce', '--country', 'USA', '--variables', 'real_income', '-o', '-');
    const { partners } = json.variants[0].countries[0];
    const china = json.world.countries.findIndex((country) => country.code === 'CHN');
    const row = rows.find((one) => one[0] === 'China');
    assert.equal(Number(row[1]), partners.imports_before[china]);
    assert.equal(Number(row[2]), partners.imports[china]);
    assert.equal(Number(row[5]), partners.tariff[china]);
    await close();
});

test('world: a measure of one’s own is added, and the program’s refusal is shown in place', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    await page.click('.try summary');
    await page.selectOption('form.add select >> nth=0', 'export-tax');
    await page.selectOption('form.add .pair select >> nth=0', 'CHN');
    await page.selectOption('form.add .pair select >> nth=1', 'EU');
    await page.fill('form.add input[type=number]', '25');
    await page.click('form.add button');
    await worldShown(page, 'export-tax:CHN->EU=25%');
    const expected = await realIncome('truce', '--export-tax', 'CHN->EU=25%');
    const value = await page.$eval('.ranking li[data-code=CHN]', (item) => Number(item.dataset.value));
    assert.equal(value, expected('CHN'));
    await page.evaluate(() => window.history.pushState(null, '', '/?q.own=tariff:USA%3C-CHM%3D60%25'));
    await page.reload();
    assert.match(await page.textContent('.problem'), /unknown country or group 'CHM' \(did you mean/);
    await close();
});

test('world: tables sort by a click, and their order is told', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    await page.locator('.map-place').getByRole('button', { name: 'Table', exact: true }).click();
    const head = page.locator('.map-place th', { hasText: 'Imports' });
    await head.getByRole('button').click();
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    const column = await head.evaluate((node) => node.cellIndex);
    const cells = () => page.$$eval('.map-place tbody tr', (rows, k) => rows.map((row) => Number(row.cells[k].textContent.replace('−', '-').replace(/[^\d.-]/g, ''))), column);
    const down = await cells();
    assert.deepEqual(down, [...down].sort((a, b) => b - a));
    await head.getByRole('button').click();
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    await close();
});

test('world: the certificate is one click away, and its command gives the same', async () => {
    const { page, close } = await openPage(browser, server, '/?q.own=tariff:USA%3C-CHN%3D80%25');
    await worldShown(page, 'tariff:USA<-CHN=80%');
    await page.locator('.map-place').getByRole('button', { name: 'Certificate and sources' }).click();
    const text = await page.textContent('dialog');
    assert.match(text, /Is it solved\?.*Yes\./s);
    assert.match(text, /Market clearing/);
    assert.match(text, /OECD/);
    assert.match(text, /What is assumed or approximated/);
    assert.equal(await page.textContent('dialog pre code >> nth=0'), "parley run scenarios/london-2025.yaml --variant truce --tariff 'USA<-CHN=80%'");
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog').count(), 0);
    await close();
});
