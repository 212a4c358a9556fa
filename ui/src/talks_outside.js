// Who gains outside: every third country under the deal in hand.

import { svg } from './dom.js';
import { percent, signed } from './number.js';
import { codesOfPlayers } from './talks_game.js';

const EACH = 7;
const ROW = 21;

const AGAINST = {
    'no-deal': 'against no deal',
    today: 'against today',
    before: 'against the world as it was',
};

/** What the reader may compare with. */
export const references = Object.entries(AGAINST).map(([value, label]) => ({ value, label }));

/** Rows of third countries: change of real income and in money against a reference. */
export function outsideRows(entry, reference, today) {
    const { json, deal } = entry;
    const inside = codesOfPlayers(json);
    const base = reference === 'no-deal' ? json.deals[0] : reference === 'today' ? today : null;
    const less = (key, code) => (base ? base[key][code] : 0);
    return json.countries
        .filter((country) => !inside.has(country.code))
        .map((country) => ({
            code: country.code,
            name: country.name || country.code,
            income: deal.real_income[country.code] - less('real_income', country.code),
            money: (deal.equivalent_variation[country.code] - less('equivalent_variation', country.code)) / 1000,
        }))
        .sort((a, b) => b.income - a.income);
}

/** The largest gains and the largest losses, in order. */
function most(rows) {
    const gains = rows.filter((row) => row.income > 0).slice(0, EACH);
    const losses = rows.filter((row) => row.income < 0).slice(-EACH);
    return { gains, losses };
}

function bar(row, k, x, width) {
    const [from, to] = [Math.min(x(0), x(row.income)), Math.max(x(0), x(row.income))];
    const text = `${percent(row.income, 3)} (${signed(row.money, 1)} bn)`;
    const right = to + 6 + text.length * 6.4 < width;
    return svg(
        'g',
        { transform: `translate(0,${k * ROW})` },
        svg('text', { class: 'who', x: 0, y: 14 }, row.name.length > 20 ? `${row.name.slice(0, 19)}…` : row.name),
        svg('rect', { class: row.income < 0 ? 'less' : 'more', x: from.toFixed(1), y: 3, width: Math.max(1, to - from).toFixed(1), height: ROW - 8 }),
        svg('text', { class: 'value', x: (right ? to + 6 : from - 6).toFixed(1), y: 14, 'text-anchor': right ? 'start' : 'end' }, text),
    );
}

function draw(rows, width) {
    const { gains, losses } = most(rows);
    const shown = [...gains, ...losses];
    const left = Math.min(150, width * 0.36);
    const limit = Math.max(1e-6, ...shown.map((row) => Math.abs(row.income)));
    const low = losses.length ? Math.min(...losses.map((row) => row.income)) : 0;
    const high = gains.length ? Math.max(...gains.map((row) => row.income)) : 0;
    const wide = width - left - 142;
    const span = Math.max(high - low, limit);
    const x = (value) => left + ((value - Math.min(low, 0)) / span) * wide;
    const height = Math.max(1, shown.length) * ROW + 4;
    return svg(
        'svg',
        { class: 'bars', viewBox: `0 0 ${width} ${height}`, width, height },
        svg('line', { class: 'zero', x1: x(0), x2: x(0), y1: 0, y2: height }),
        shown.map((row, k) => bar(row, k, x, width)),
    );
}

const COLUMNS = [
    { key: 'name', label: 'Economy' },
    { key: 'code', label: 'Code' },
    { key: 'income', label: 'Real income', unit: 'percent', numeric: true, format: (value) => percent(value, 4) },
    { key: 'money', label: 'Gain or loss', unit: 'bn USD a year', numeric: true, format: (value) => signed(value, 2) },
];

/** What the figure shows for a deal. */
export function outsideFigure(entry, reference, today) {
    const rows = outsideRows(entry, reference, today);
    const sum = rows.reduce((total, row) => total + row.money, 0);
    const gaining = rows.filter((row) => row.income > 5e-4).length;
    const losing = rows.filter((row) => row.income < -5e-4).length;
    const note = rows.length
        ? `All ${rows.length} together ${sum < 0 ? 'lose' : 'gain'} ${signed(Math.abs(sum), 1).replace('+', '')} billion USD a year; ${gaining} gain, ${losing} lose, the others move by less than 0.0005 %.`
        : 'Every economy of this world sits at the table.';
    return {
        title: `Who gains outside: ${entry.label}`,
        unit: 'change of real income in percent, and billion USD a year',
        basis: AGAINST[reference],
        note,
        alt: note,
        table: { columns: COLUMNS, rows, caption: `Third countries: ${entry.label}, ${AGAINST[reference]}` },
        draw: (width) => draw(rows, width),
    };
}
