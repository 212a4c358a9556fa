// Sectors by country as a heat map.

import * as Plot from '@observablehq/plot';
import { diverging, scaleLimit } from './colours.js';
import { STAR, largest, madeSectors, sectorName } from './detail.js';
import { choice, h, replace } from './dom.js';
import { figure } from './figure.js';
import { lazyPart } from './lazy.js';
import { legend } from './legend.js';
import { fitted } from './letters.js';
import { percent } from './number.js';

const ECONOMIES = 14;

const SHOWN = {
    output_volume: { label: 'Output', says: 'gross output at constant prices' },
    employment: { label: 'Employment', says: 'the sector’s share of the country’s labour' },
    user_price: { label: 'Prices to users', says: 'duties included, in units of world value added' },
    producer_price: { label: 'Prices of producers', says: 'unit cost, in units of world value added' },
};

function cells(world, values, codes) {
    const made = madeSectors(world);
    const all = world.countries.map((country) => country.code);
    return world.sectors.flatMap((sector, j) => codes.map((code) => ({ sector: sectorName(sector, made), code, value: values[j][all.indexOf(code)] })));
}

/** As many economies as have room. */
function heat(rows, all, sectors, width, dark) {
    const limit = scaleLimit(rows.map((row) => row.value), { least: 0.1 });
    const colourOf = diverging(limit, dark);
    const narrow = width < 520;
    const left = narrow ? 108 : 220;
    const codes = all.slice(0, Math.max(2, Math.floor((width - left) / 13)));
    const picture = Plot.plot({
        width,
        height: sectors.length * 17 + 92,
        marginLeft: left,
        marginTop: 78,
        marginBottom: 6,
        marginRight: 4,
        padding: 0.06,
        x: { domain: codes, axis: 'top', label: null, tickSize: 0, tickRotate: narrow ? -90 : 0 },
        y: { domain: sectors, label: null, tickSize: 0, tickFormat: (name) => fitted(name, left - 8) },
        marks: [Plot.cell(rows.filter((row) => codes.includes(row.code) && Number.isFinite(row.value)), { x: 'code', y: 'sector', fill: (row) => colourOf(row.value), title: (row) => `${row.sector}, ${row.code}: ${percent(row.value, 2)}` })],
    });
    picture.append(legend({ x: narrow ? 4 : left, y: 14, width: Math.min(260, width - (narrow ? 12 : left + 12)), limit, colourOf, unit: '', show: percent }));
    return picture;
}

function columnsOf(codes) {
    return [{ key: 'sector', label: 'Sector' }, ...codes.map((code) => ({ key: code, label: code, unit: 'percent', numeric: true, format: (value) => percent(value, 2) }))];
}

function wide(rows, codes) {
    const bySector = new Map();
    for (const row of rows) {
        if (!bySector.has(row.sector)) bySector.set(row.sector, { sector: row.sector });
        bySector.get(row.sector)[row.code] = row.value;
    }
    return { columns: columnsOf(codes), rows: [...bySector.values()] };
}

/** What is shown of sectors, and what may be. */
export const SECTOR_KINDS = Object.keys(SHOWN);
const kindOf = (view) => (SHOWN[view.state['q.heat']] ? view.state['q.heat'] : SECTOR_KINDS[0]);

/** The panel of sectors; show(view) draws it for the view's question. */
export function sectorPanel() {
    const part = lazyPart('Sectors', load);

    async function load(view, place, current) {
        const kind = kindOf(view);
        const first = [...view.parties, view.state.country].filter((code, k, list) => code && list.indexOf(code) === k);
        const codes = largest(view.json, view.standing.values, first, Math.min(ECONOMIES, view.codes.length));
        const answer = await view.ask('run', { ...view.params, variables: kind });
        if (!current()) return;
        const { world } = answer;
        const rows = cells(world, answer.variants[0].values[kind], codes);
        const options = Object.entries(SHOWN).map(([value, { label }]) => ({ value, label }));
        const chooser = choice('Show', options, kind, (value) => view.set({ 'q.heat': value === 'output_volume' ? null : value }));
        const title = `${SHOWN[kind].label} by sector and country`;
        const known = rows.filter((row) => Number.isFinite(row.value));
        const most = known.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a), known[0]);
        const made = madeSectors(world);
        const names = world.sectors.map((sector) => sectorName(sector, made));
        const chart = figure({
            title,
            unit: 'percent',
            basis: `${SHOWN[kind].says}; change against the world as it was, long run`,
            alt: `${title}. Largest change: ${most.sector} in ${most.code}, ${percent(most.value, 1)}.`,
            note: `Largest here: ${most.sector} in ${most.code}, ${percent(most.value, 1)}. ${made.size ? `${STAR}.` : ''}`,
            name: `parley-sectors-${kind}`,
            kept: 'sectors',
            draw: (width, dark) => heat(rows, codes, names, width, dark),
            table: { ...wide(rows, codes), caption: title },
            certificate: () => view.openCertificate(),
        });
        replace(place, h('div', { class: 'choices' }, chooser), chart);
    }

    return { element: part.element, show: (view) => part.show(view, JSON.stringify([view.params, view.state.country, kindOf(view)])) };
}
