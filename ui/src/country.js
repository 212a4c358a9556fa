// One country: whom it buys from and sells to, before and after, and what happens in its sectors.

import * as Plot from '@observablehq/plot';
import { seriesColours } from './colours.js';
import { STAR, article, detailOf, madeSectors, relative, sectorName } from './detail.js';
import { choice, h, replace } from './dom.js';
import { figure } from './figure.js';
import { lazyPart } from './lazy.js';
import { fitted, widthOf } from './letters.js';
import { money, percent, plain, tick } from './number.js';

const PARTNERS = 12;
const SECTORS = 18;

/** The frame of a picture with a row for each name, which has `left` px, and numbers along the foot. */
function rowsPlot(rows, width, { step, left, right, label, domain, marks }) {
    return Plot.plot({
        width,
        height: rows.length * step + 62,
        marginBottom: 40,
        marginLeft: left,
        marginRight: right,
        x: { label: fitted(label, width - 8), labelAnchor: 'center', labelArrow: 'none', labelOffset: 36, domain, nice: !domain, grid: true, ticks: Math.min(6, Math.max(1, Math.floor((width - left - right) / 60))), tickFormat: tick },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0, tickFormat: (name) => fitted(name, left - 10) },
        marks,
    });
}

/** Trade with the partners that count: before as a ring, after as a dot. */
function tradePlot(rows, width, dark) {
    const [blue, orange] = seriesColours(dark);
    const most = Math.max(...rows.map((row) => Math.max(row.before, row.after))) / 1000;
    return rowsPlot(rows, width, {
        step: 24,
        left: width < 420 ? 92 : 128,
        right: 62,
        label: 'billion USD a year',
        domain: [0, most * 1.04],
        marks: [
            Plot.ruleY(rows, { x1: (row) => row.before / 1000, x2: (row) => row.after / 1000, y: 'name', stroke: (row) => (row.after < row.before ? orange : blue), strokeWidth: 3 }),
            Plot.dot(rows, { x: (row) => row.before / 1000, y: 'name', r: 4, stroke: 'currentColor', fill: 'var(--card)' }),
            Plot.dot(rows, { x: (row) => row.after / 1000, y: 'name', r: 4.5, fill: (row) => (row.after < row.before ? orange : blue), title: (row) => `${row.name}: ${money(row.before)} to ${money(row.after)} bn USD` }),
            Plot.text(rows, { x: most * 1.04, dx: 8, y: 'name', textAnchor: 'start', text: (row) => percent(row.change, 1), fill: 'currentColor' }),
        ],
    });
}

function tradeColumns(tariff) {
    const number = (key, label, unit, format) => ({ key, label, unit, format, numeric: true });
    const billions = (value) => money(value);
    return [
        { key: 'name', label: 'Partner' },
        number('before', 'Before', 'bn USD', billions),
        number('after', 'After', 'bn USD', billions),
        number('change', 'Change', 'percent', (value) => percent(value, 1)),
        number('tariff_before', `${tariff} before`, 'percent', (value) => plain(value, 1)),
        number('tariff_after', `${tariff} after`, 'percent', (value) => plain(value, 1)),
    ];
}

const BUYS = { columns: tradeColumns('Duty'), flow: 'imports', tariff: 'tariff' };
const SELLS = { columns: tradeColumns('Duty met'), flow: 'exports', tariff: 'tariff_met' };

function tradeRows(world, detail, { flow, tariff }) {
    const p = detail.partners;
    return world.countries
        .map((country, n) => ({
            code: country.code,
            name: country.name || country.code,
            before: p[`${flow}_before`][n],
            after: p[flow][n],
            change: relative(p[`${flow}_before`][n], p[flow][n]),
            tariff_before: p[`${tariff}_before`][n],
            tariff_after: p[tariff][n],
        }))
        .filter((row) => row.before > 0 && row.code !== detail.code);
}

function tradeFigure(title, kind, detail, view) {
    const rows = tradeRows(view.json.world, detail, kind);
    const shown = [...rows].sort((a, b) => b.before - a.before).slice(0, PARTNERS);
    const most = [...shown].sort((a, b) => Math.abs(b.change) - Math.abs(a.change))[0];
    return figure({
        title,
        unit: 'billion USD at customs value',
        basis: `ring: before, dot: after, long run; the ${shown.length} largest partners`,
        kept: kind.flow,
        alt: `${title}: the ${shown.length} largest partners, before and after. Largest change: ${most.name}, ${percent(most.change, 1)}.`,
        name: `parley-${detail.code}-${kind.flow}`,
        draw: (width, dark) => tradePlot(shown, width, dark),
        table: { columns: kind.columns, rows, caption: `${title}, all partners`, sort: { key: 'before', down: true } },
        certificate: () => view.openCertificate({ ...view.params, country: detail.code }),
    });
}

function sectorPlot(rows, width, dark) {
    const [blue, orange] = seriesColours(dark);
    return rowsPlot(rows, width, {
        step: 22,
        left: width < 420 ? 120 : 190,
        right: 12 + Math.max(...rows.map((row) => widthOf(percent(row.volume, 2)))),
        label: 'percent, output at constant prices',
        marks: [
            Plot.barX(rows, { x: 'volume', y: 'name', fill: (row) => (row.volume < 0 ? orange : blue), insetTop: 3, insetBottom: 3, title: (row) => `${row.name}: ${percent(row.volume)}` }),
            Plot.ruleX([0]),
            Plot.text(rows, { x: (row) => Math.max(0, row.volume), y: 'name', dx: 6, textAnchor: 'start', text: (row) => percent(row.volume, 2) }),
        ],
    });
}

const billions = (value) => money(value);
const SECTOR_COLUMNS = [
    { key: 'name', label: 'Sector' },
    { key: 'code', label: 'Code' },
    { key: 'before', label: 'Output before', unit: 'bn USD', numeric: true, format: billions },
    { key: 'after', label: 'Output after', unit: 'bn USD', numeric: true, format: billions },
    { key: 'volume', label: 'Output volume', unit: 'percent', numeric: true, format: (value) => percent(value, 2) },
    { key: 'employment', label: 'Employment', unit: 'percent', numeric: true, format: (value) => percent(value, 2) },
    { key: 'user_price', label: 'Price to users', unit: 'percent', numeric: true, format: (value) => percent(value, 2) },
    { key: 'imports_change', label: 'Imports', unit: 'percent', numeric: true, format: (value) => percent(value, 1) },
    { key: 'exports_change', label: 'Exports', unit: 'percent', numeric: true, format: (value) => percent(value, 1) },
];

function sectorRows(world, detail) {
    const made = madeSectors(world);
    const s = detail.sectors;
    return world.sectors.map((sector, j) => ({
        code: sector.code,
        name: sectorName(sector, made),
        before: s.output_before[j],
        after: s.output[j],
        volume: s.output_volume[j],
        employment: s.employment[j],
        user_price: s.user_price[j],
        imports_change: relative(s.imports_before[j], s.imports[j]),
        exports_change: relative(s.exports_before[j], s.exports[j]),
    }));
}

function sectorFigure(name, world, detail, view) {
    const rows = sectorRows(world, detail).filter((row) => row.before > 0);
    const changed = [...rows].sort((a, b) => Math.abs(b.volume) - Math.abs(a.volume)).slice(0, SECTORS);
    const shown = changed.sort((a, b) => b.volume - a.volume);
    const title = `Sectors of ${name}`;
    const element = figure({
        title,
        kept: 'country-sectors',
        unit: 'percent of output at constant prices',
        basis: `the ${shown.length} that change most, long run`,
        note: shown.some((row) => row.name.endsWith('*')) ? `${STAR}.` : null,
        alt: `${title}: from ${shown[0].name}, ${percent(shown[0].volume)}, to ${shown[shown.length - 1].name}, ${percent(shown[shown.length - 1].volume)}.`,
        name: `parley-${detail.code}-sectors`,
        draw: (width, dark) => sectorPlot(shown, width, dark),
        table: { columns: SECTOR_COLUMNS, rows, caption: `${title}, all of them`, sort: { key: 'volume', down: true } },
        certificate: () => view.openCertificate({ ...view.params, country: detail.code }),
    });
    element.classList.add('whole');
    return element;
}

/** The panel of a country; show(view) draws the one of the view's state. */
export function countryPanel() {
    const picker = h('div', { class: 'choices' });
    const charts = h('div', { class: 'charts' });
    const part = lazyPart('One country', load);

    async function load(view, place, current) {
        const { json, state } = view;
        const options = json.world.countries.map((country) => ({ value: country.code, label: country.name || country.code })).sort((a, b) => a.label.localeCompare(b.label));
        const code = state.country || view.parties[0] || options[0].value;
        const hint = h('p', { class: 'note hint' }, 'Or click one on the map.');
        replace(picker, choice('Country', options, code, (country) => view.set({ country })), hint);
        if (!place.contains(picker)) replace(place, picker, charts);
        const answer = await view.ask('run', { ...view.params, country: code, variables: 'real_income' });
        if (!current()) return undefined;
        const detail = detailOf(answer.variants[0], code);
        const name = article(options.find((one) => one.value === code)?.label || code);
        const { world } = answer;
        return replace(
            charts,
            tradeFigure(`What ${name} buys`, BUYS, detail, view),
            tradeFigure(`What ${name} sells`, SELLS, detail, view),
            sectorFigure(name, world, detail, view),
        );
    }

    return { element: part.element, reach: part.reach, show: (view) => part.show(view, JSON.stringify([view.params, view.state.country])) };
}
