// What readers of every kind may count on: the keyboard keeps its place, links bring back what was looked at or say what they ask
// for in vain, pictures fit where they stand, numbers are in the reader's locale, and paper and files hold what the screen does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { browser, openPage, server, serveTests, worldShown } from './harness.mjs';

const US_SLIDER = '.measure[data-flow="tariff:USA:CHN"] input[type=range]';

serveTests();

const address = (page) => new URL(page.url()).searchParams;
const calm = (page) => page.waitForLoadState('networkidle', { timeout: 8000 }).catch(() => null);

/** Goes through the whole page, so that every part is asked for, and back to its head. */
async function lookThrough(page) {
    await calm(page);
    const { height, step } = await page.evaluate(() => ({ height: document.documentElement.scrollHeight, step: window.innerHeight }));
    for (let y = 0; y < height; y += step) {
        await page.evaluate((at) => window.scrollTo(0, at), y);
        await page.waitForTimeout(60);
    }
    await calm(page);
    await page.evaluate(() => window.scrollTo(0, 0));
}

async function openCalendar(options, query = '') {
    const opened = await openPage(browser, server, `/?tab=calendar${query}`, options);
    await opened.page.waitForFunction(() => document.querySelector('.gantt')?.dataset.shown, null, { timeout: 30000 });
    return opened;
}

const slideTo = (page, value) =>
    page.$eval(US_SLIDER, (node, at) => {
        node.value = at;
        node.dispatchEvent(new Event('input', { bubbles: true }));
        node.dispatchEvent(new Event('change', { bubbles: true }));
    }, value);

test('reader: a table stays open and sorted through a slider, a reload and the back button', async () => {
    const { page, faults, close } = await openPage(browser, server, '/?country=USA');
    await worldShown(page);
    await page.waitForSelector('.charts .figure');
    const figure = page.locator('.charts .figure').first();
    const toggle = figure.getByRole('button', { name: 'Table', exact: true });
    await toggle.click();
    await figure.locator('th', { hasText: 'Change' }).getByRole('button').click();
    assert.equal(address(page).get('q.tables'), 'imports:change:down');
    const order = () => figure.locator('th', { hasText: 'Change' }).getAttribute('aria-sort');
    const holds = async () => {
        await page.waitForSelector('.charts .figure tbody tr');
        assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
        assert.equal(await order(), 'descending');
    };
    await slideTo(page, 77);
    await worldShown(page, 'tariff:USA<-CHN=77%');
    await page.waitForFunction(() => !document.querySelector('.charts td').textContent.includes('266'));
    await holds();
    await page.reload();
    await worldShown(page, 'tariff:USA<-CHN=77%');
    await holds();
    await page.selectOption('.part select >> nth=0', 'DEU');
    await page.waitForSelector('.charts h3:has-text("What Germany buys")');
    await holds();
    await toggle.click();
    assert.equal(address(page).get('q.tables'), null);
    await page.goBack();
    await page.waitForSelector('.charts h3:has-text("What the United States buys")');
    await holds();
    assert.deepEqual(faults, { console: [], outside: [] });
    await close();
});

test('reader: what is shown of trade and of sectors is in the link', async () => {
    const { page, close } = await openPage(browser, server, '/?q.trade=difference&q.heat=employment');
    await lookThrough(page);
    await page.waitForSelector('h3:has-text("Employment by sector and country")');
    assert.match(await page.textContent('.figure:has(h3:has-text("Trade among")) .basis'), /^billion USD a year/);
    await page.selectOption('.part:has(h3:has-text("Trade among")) select', 'change');
    await page.waitForFunction(() => !window.location.search.includes('q.trade'));
    await close();
});

test('reader: the focus stays where it is when what it is on is built again', async () => {
    const { page, close } = await openPage(browser, server, '/', { viewport: { width: 1400, height: 900 } });
    await worldShown(page);
    const focused = () => page.evaluate(() => document.activeElement.value ?? document.activeElement.tagName);
    await page.focus('input[name=variant][value=truce]');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('.map-place').dataset.shown.startsWith('lapse|'));
    assert.equal(await focused(), 'lapse');
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.querySelector('.map-place').dataset.shown.startsWith('truce|'));
    assert.equal(await focused(), 'truce');
    await page.focus('.map-place select');
    await page.selectOption('.map-place select', 'imports');
    await page.waitForFunction(() => document.querySelector('.map-place h3').textContent === 'Imports');
    assert.equal(await focused(), 'imports');
    await page.focus('svg.map');
    await page.keyboard.press('ArrowRight');
    await page.evaluate(() => document.getElementById('theme').dispatchEvent(new Event('change')));
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-activedescendant') === document.querySelector('.country.active').id), true, 'the map keeps its place');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'One country');
    const top = await page.evaluate(() => document.activeElement.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 100, `the country that is opened begins at ${top} px`);
    await close();
    const calendar = await openCalendar({});
    await calendar.page.focus('input[name=calendar-basis]');
    await calendar.page.keyboard.press('ArrowDown');
    await calendar.page.waitForFunction(() => document.querySelector('[data-series]').dataset.series.endsWith('|index'));
    assert.equal(await calendar.page.evaluate(() => document.activeElement.value), 'index');
    await calendar.close();
});

test('reader: who stops what is worked on is not thrown back to the head of the page', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=talks&q.find=');
    await page.route(/stream\/talks\/nash/, () => null); // however fast the machine is
    const search = page.locator('.search[data-verb=nash]');
    await search.locator('.ask button').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'Stop');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'Mutual best responses');
    await close();
    const calendar = await openCalendar({});
    await calendar.page.route(/stream\/path.*never/, () => null);
    await calendar.page.getByRole('button', { name: 'No end' }).click();
    await calendar.page.locator('.working button').focus();
    await calendar.page.keyboard.press('Enter');
    await calendar.page.waitForFunction(() => document.querySelector('.working').hidden);
    assert.equal(await calendar.page.evaluate(() => document.activeElement.type), 'range');
    await calendar.close();
});

test('reader: what has the focus is not hidden by the headings of its table', async () => {
    const { page, close } = await openPage(browser, server, '/?q.tables=world');
    await worldShown(page);
    await page.locator('.map-place tbody button').nth(40).focus();
    const hidden = [];
    for (let k = 0; k < 35; k++) {
        await page.keyboard.press('Shift+Tab');
        const covered = await page.evaluate(() => {
            const { left, top, width } = document.activeElement.getBoundingClientRect();
            return !document.activeElement.contains(document.elementFromPoint(left + width / 2, top + 2)) && document.activeElement.textContent;
        });
        if (covered) hidden.push(covered);
    }
    assert.deepEqual(hidden, []);
    await close();
});

test('reader: a country tapped on a phone is what the screen shows then', async () => {
    const { page, close } = await openPage(browser, server, '/', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await worldShown(page);
    await page.locator('#map-BRA').tap();
    await page.waitForSelector('.charts h3:has-text("What Brazil buys")');
    const top = await page.evaluate(() => document.querySelector('.charts h3').getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 500, `it begins at ${top} px`);
    await close();
});

test('reader: a new answer is said to those who hear the page', async () => {
    const { page, close } = await openPage(browser, server);
    await worldShown(page);
    await slideTo(page, 120);
    await worldShown(page, 'tariff:USA<-CHN=120%');
    assert.match(await page.textContent('#spoken'), /Real income a year: United States .0\.\d\d.% .*; the world loses \d+ bn USD\./);
    await close();
});

test('reader: an address that asks for what is not there says so', async () => {
    const cases = [
        ['/?variant=peace', /the policy ‘peace’.*war, truce, lapse/],
        ['/?measure=happiness', /the variable ‘happiness’.*real_income/],
        ['/?q.own=tariff:USA', /the measure ‘tariff:USA’/],
        ['/?tab=wrold', /the view ‘wrold’.*calendar/],
        ['/?tab=calendar&q.move=us-truce', /the date ‘us-truce’/],
        ['/?tab=calendar&q.basis=decade', /the basis ‘decade’.*year/],
        ['/?tab=calendar&q.measure=us-trcue', /the measure ‘us-trcue’/],
        ['/?tab=calendar&q.pair=USA%3C-XYZ', /the pair ‘USA<-XYZ’/],
    ];
    for (const [link, words] of cases) {
        const { page, close } = await openPage(browser, server, link);
        await page.waitForSelector('[role=tabpanel]:not([hidden]) .problem');
        assert.match(await page.textContent('[role=tabpanel]:not([hidden]) .problem'), words, link);
        await close();
    }
});

test('reader: the Calendar without a scenario says why it is empty, and lets one be chosen', async () => {
    const { page, close } = await openPage(browser, server, '/?tab=calendar&scenario=none');
    await page.waitForSelector('.problem');
    assert.match(await page.textContent('.problem'), /no dates.*Choose a scenario/);
    await page.locator('.calendar select').first().selectOption('london-2025');
    await page.waitForFunction(() => document.querySelector('.gantt').dataset.shown, null, { timeout: 30000 });
    assert.equal(await page.locator('.problem').count(), 0);
    await close();
});

for (const width of [320, 390])
    test(`reader: nothing that is written in a picture stands outside it at ${width} px`, async () => {
        for (const tab of ['world', 'calendar']) {
            const { page, close } = await openPage(browser, server, `/?tab=${tab}`, { viewport: { width, height: 700 }, locale: 'de-DE' });
            await lookThrough(page);
            const outside = await page.evaluate(() =>
                [...document.querySelectorAll('[role=tabpanel]:not([hidden]) .picture svg:not(.plot-gantt)')].flatMap((picture) => {
                    const frame = picture.getBoundingClientRect();
                    const over = (box) => box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1);
                    return [...picture.querySelectorAll('text')].filter((node) => over(node.getBoundingClientRect())).map((node) => node.textContent);
                }),
            );
            assert.deepEqual(outside, [], tab);
            await close();
        }
    });

test('reader: numbers are in the locale of the reader everywhere, dates in the language of the page', async () => {
    for (const tab of ['world', 'calendar']) {
        const { page, close } = await openPage(browser, server, `/?tab=${tab}`, { locale: 'de-DE' });
        await lookThrough(page);
        const texts = await page.evaluate(() => {
            const walk = document.createTreeWalker(document.querySelector('[role=tabpanel]:not([hidden])'), NodeFilter.SHOW_TEXT);
            const found = [];
            while (walk.nextNode()) found.push(walk.currentNode.textContent);
            return found;
        });
        assert.ok(texts.some((text) => /\d,\d/.test(text)), 'German numbers');
        assert.deepEqual(texts.filter((text) => /\d\.\d{1,2}(?!\d)|Mai|Juni|Dez/.test(text)), [], tab);
        await close();
    }
});

test('reader: changes of a hundred percent and of thousands of billions are shown, and scales end where they say', async () => {
    for (const [measure, own] of [['imports', 'tariff:all<-all=400%'], ['equivalent_variation', 'iceberg:all<-all=100%']]) {
        const { page, faults, close } = await openPage(browser, server, `/?scenario=none&measure=${measure}&q.own=${encodeURIComponent(own)}`);
        await worldShown(page, own);
        const ends = await page.$$eval('svg.map .legend text', (nodes) => nodes.map((node) => node.textContent));
        const limit = Number(/^≤ −([\d,]+)/.exec(ends[1])?.[1].replace(',', ''));
        assert.ok(limit >= 100, ends.join(' | '));
        assert.deepEqual(faults, { console: [], outside: [] });
        await close();
    }
});

test('reader: a picture saved is whole by itself', async () => {
    const { page, close } = await openCalendar({ colorScheme: 'dark' });
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.gantt').getByRole('button', { name: 'Save SVG' }).click()]);
    const text = fs.readFileSync(await file.path(), 'utf8');
    assert.doesNotMatch(text, /var\(|light-dark|currentColor/);
    assert.match(text, /paint-order="stroke"/, 'the halo of a label is behind its letters');
    assert.ok(text.length < 60000, `${text.length} bytes`);
    await page.goto('about:blank');
    await page.setContent(text);
    const look = (name) => page.$eval('svg', (picture, label) => getComputedStyle([...picture.querySelectorAll('text')].find((node) => node.textContent.includes(label)))[0 || 'fill'], name);
    assert.notEqual(await look('us-truce'), await look('us-china-34'), 'ink within a bar is not that beside one');
    await close();
});

test('reader: what has no picture offers none to save, and no file has a number that is none', async () => {
    const { page, close } = await openPage(browser, server, '/?country=USA&q.tables=country-sectors,controls');
    await lookThrough(page);
    const controls = page.locator('.part', { hasText: 'Licences, quotas and bans' });
    assert.equal(await controls.getByRole('button', { name: 'Save SVG' }).count(), 0);
    assert.ok((await controls.locator('tbody tr').count()) > 100);
    const sectors = page.locator('.charts .whole');
    const [file] = await Promise.all([page.waitForEvent('download'), sectors.getByRole('button', { name: 'Save CSV' }).click()]);
    const lines = fs.readFileSync(await file.path(), 'utf8').trim().split('\n');
    assert.ok(lines.length > 40);
    assert.deepEqual(lines.filter((line) => /NaN|null|undefined|Infinity/.test(line)), []);
    await close();
});

test('reader: paper is light, and has whole tables and no buttons', async () => {
    const { page, close } = await openPage(browser, server, '/?q.tables=world', { colorScheme: 'dark' });
    await worldShown(page);
    const zero = () => page.$eval('svg.map .legend rect:nth-of-type(21)', (node) => getComputedStyle(node).fill);
    const dark = await zero();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    assert.notEqual(await zero(), dark);
    const { button, cut } = await page.evaluate(() => {
        const scroll = document.querySelector('.map-place .table .scroll');
        return { button: document.querySelector('.map-place .tools').checkVisibility(), cut: scroll.scrollHeight - scroll.clientHeight };
    });
    assert.equal(button, false);
    assert.ok(cut <= 1, `${cut} px of the table are cut off`);
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    assert.equal(await zero(), dark);
    await close();
});

test('reader: what can be pressed is 24 px high, or far from the next', async () => {
    const { page, close } = await openCalendar({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const low = await page.evaluate(() =>
        [...document.querySelectorAll('[role=tabpanel]:not([hidden]) :is(button, select, summary, label.check, [role=button], [role=slider])')]
            .map((node) => [node.getAttribute('aria-label') || node.textContent.slice(0, 40), node.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < 23.9 || box.width < 23.9))
            .map(([name, box]) => `${name}: ${box.width} x ${box.height}`),
    );
    assert.deepEqual(low, []);
    await close();
});

test('reader: bars are seen where the reader’s own colours are forced', async () => {
    const { page, close } = await openPage(browser, server, '/', { forcedColors: 'active', colorScheme: 'dark' });
    await worldShown(page);
    const [bar, ground] = await page.evaluate(() => [getComputedStyle(document.querySelector('.ranking .bar')).backgroundColor, getComputedStyle(document.querySelector('.side')).backgroundColor]);
    assert.notEqual(bar, ground);
    await close();
});
