// Trade between the largest economies, before and after: who sells to whom.

import * as Plot from '@observablehq/plot';
import { diverging, inkOn, scaleLimit } from './colours.js';
import { detailOf, largest, relative } from './detail.js';
import { choice, h, replace } from './dom.js';
import { figure } from './figure.js';
import { lazyPart } from './lazy.js';
import { legend } from './legend.js';
import { money, percent, plain, signed } from './number.js';

const ECONOMIES = 12;

const billions = (value) => money(value);
const COLUMNS = [
    { key: 'seller', label: 'Seller' },
    { key: 'buyer', label: 'Buyer' },
    { key: 'before', label: 'Before', unit: 'bn USD', numeric: true, format: billions },
    { key: 'after', label: 'After', unit: 'bn USD', numeric: true, format: billions },
    { key: 'difference', label: 'Difference', unit: 'bn USD', numeric: true, format: (value) => signed(value / 1000, 1) },
    { key: 'change', label: 'Change', unit: 'percent', numeric: true, format: (value) => percent(value, 1) },
    { key: 'tariff_before', label: 'Duty before', unit: 'percent', numeric: true, format: (value) => plain(value, 1) },
    { key: 'tariff_after', label: 'Duty after', unit: 'percent', numeric: true, format: (value) => plain(value, 1) },
];

const SHOWN = {
    change: { label: 'Change in percent', unit: 'percent', text: (value) => signed(value, 0), end: percent, of: (row) => row.change },
    difference: { label: 'Change in money', unit: 'billion USD a year', text: (value) => signed(value, Math.abs(value) < 10 ? 1 : 0), end: signed, of: (row) => row.difference / 1000 },
};

/** A row for each pair of the codes, from the buyers' details. */
function pairs(json, codes) {
    const all = json.world.countries.map((country) => country.code);
    const rows = [];
    for (const buyer of codes) {
        const detail = detailOf(json.variants[0], buyer);
        for (const seller of codes) {
            if (seller === buyer) continue;
            const n = all.indexOf(seller);
            const [before, after] = [detail.partners.imports_before[n], detail.partners.imports[n]];
            const duties = { tariff_before: detail.partners.tariff_before[n], tariff_after: detail.partners.tariff[n] };
            rows.push({ seller, buyer, before, after, difference: after - before, change: relative(before, after), ...duties });
        }
    }
    return rows;
}

function matrix(rows, codes, shown, width, dark) {
    const side = Math.min(width, 860);
    const cell = (side - 60) / codes.length;
    const limit = scaleLimit(rows.map(shown.of), { share: 0.93, least: 0.1 });
    const colourOf = diverging(limit, dark);
    const known = rows.filter((row) => Number.isFinite(shown.of(row)));
    const picture = Plot.plot({
        width: side,
        height: Math.max(22, Math.min(cell, 40)) * codes.length + 92,
        marginLeft: 52,
        marginTop: 82,
        marginBottom: 6,
        marginRight: 6,
        padding: 0.04,
        x: { domain: codes, axis: 'top', label: 'buyer →', labelAnchor: 'left', labelOffset: 30, tickSize: 0, tickRotate: cell < 30 ? -90 : 0 },
        y: { domain: codes, label: '↓ seller', tickSize: 0 },
        marks: [
            Plot.cell(known, { x: 'buyer', y: 'seller', fill: (row) => colourOf(shown.of(row)), title: (row) => `${row.seller} to ${row.buyer}: ${money(row.before)} to ${money(row.after)} bn USD (${percent(row.change, 1)})` }),
            cell > 30 ? Plot.text(known, { x: 'buyer', y: 'seller', text: (row) => shown.text(shown.of(row)), fill: (row) => inkOn(colourOf(shown.of(row))), fontSize: cell > 44 ? 12 : 10, pointerEvents: 'none' }) : null,
        ],
    });
    picture.append(legend({ x: 52, y: 14, width: Math.min(260, side - 64), limit, colourOf, unit: '', show: shown.end }));
    return picture;
}

/** What is shown of trade, and what may be. */
export const TRADE = Object.keys(SHOWN);
const kindOf = (view) => (SHOWN[view.state['q.trade']] ? view.state['q.trade'] : TRADE[0]);

/** The panel of bilateral trade; show(view) draws it for the view's question. */
export function flowPanel() {
    const part = lazyPart('Who trades with whom', load);

    async function load(view, place, current) {
        const first = [...view.parties, view.state.country].filter((code, k, list) => code && list.indexOf(code) === k);
        const codes = largest(view.json, view.standing.values, first, Math.min(ECONOMIES, view.codes.length));
        const answer = await view.ask('run', { ...view.params, country: codes, variables: 'real_income' });
        if (!current()) return;
        const kind = kindOf(view);
        const chart = figure({ ...texts(pairs(answer, codes), codes, view), name: 'parley-trade' });
        const options = Object.entries(SHOWN).map(([value, { label }]) => ({ value, label }));
        replace(place, h('div', { class: 'choices' }, choice('Show', options, kind, (value) => view.set({ 'q.trade': value === 'change' ? null : value }))), chart);
    }

    function texts(rows, codes, view) {
        const shown = SHOWN[kindOf(view)];
        const most = [...rows].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))[0];
        const title = `Trade among ${codes.length} economies`;
        return {
            title,
            unit: shown.unit,
            basis: 'customs value, all sectors; change against the world as it was, long run',
            note: `Largest: ${most.seller} to ${most.buyer}, ${money(most.before)} to ${money(most.after)} bn USD a year (${percent(most.change, 1)}), at an average duty of ${plain(most.tariff_after, 1)} % instead of ${plain(most.tariff_before, 1)} %.`,
            alt: `${title}, sellers down and buyers across. Largest change: ${most.seller} to ${most.buyer}, ${percent(most.change, 1)}.`,
            draw: (width, dark) => matrix(rows, codes, shown, width, dark),
            table: { columns: COLUMNS, rows, caption: `${title}, by pair`, sort: { key: 'before', down: true } },
            certificate: () => view.openCertificate(),
        };
    }

    return { element: part.element, show: (view) => part.show(view, JSON.stringify([view.params, view.state.country, kindOf(view)])) };
}
