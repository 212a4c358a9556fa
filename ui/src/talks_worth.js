// Who has leverage: what each instrument is worth alone, opened and closed.

import { svg } from './dom.js';
import { seriesColours } from './colours.js';
import { signed } from './number.js';
import { families, moneyOf, toPercent } from './talks_game.js';
import { levelText } from './talks_sliders.js';

/** One row an instrument: what moving it to each end changes for everybody, million USD a year. */
function rowsOf(json) {
    const byName = new Map(families(json).map((family) => [family.name, family]));
    return json.worth.map(({ instrument, opened, closed }) => {
        const family = byName.get(instrument);
        const money = (gains, player) => moneyOf(json, player, gains[player]) ?? gains[player];
        const own = money(closed, family.player);
        const others = json.players.filter((one) => one.name !== family.player).reduce((sum, one) => sum + money(closed, one.name), 0);
        const row = { instrument, title: family.title, holder: family.player, open: toPercent(family.open), shut: toPercent(family.isLevel ? family.low : family.high), family };
        for (const { name } of json.players) {
            row[`${name} opened`] = money(opened, name);
            row[`${name} closed`] = money(closed, name);
        }
        row.leverage = own <= -1 && others <= -1 ? others / own : null;
        row.threat = own >= 1 && others <= -1 ? 'pays its holder' : own <= -1 && others <= -1 ? '' : others > -1 ? 'hurts nobody else' : '';
        return row;
    });
}

function columnsOf(json) {
    const money = (value) => signed(value, Math.abs(value) < 9.95 ? 1 : 0);
    const ends = json.players.flatMap(({ name }) => [
        { key: `${name} opened`, label: `Opened: ${name}`, unit: 'm USD a year', numeric: true, format: money },
        { key: `${name} closed`, label: `Closed: ${name}`, unit: 'm USD a year', numeric: true, format: money },
    ]);
    return [
        { key: 'instrument', label: 'Instrument' },
        { key: 'holder', label: 'Held by' },
        { key: 'open', label: 'Opened to', unit: '%', numeric: true, format: (value, row) => levelText(row.family, value / 100) },
        { key: 'shut', label: 'Closed to', unit: '%', numeric: true, format: (value, row) => levelText(row.family, value / 100) },
        ...ends,
        { key: 'leverage', label: 'Closing costs the others, for each dollar it costs its holder', unit: 'USD', numeric: true, format: (value, row) => (value === null ? row.threat || '–' : signed(value, 2).replace('+', '')) },
        { key: 'title', label: 'What it is' },
    ];
}

/** Bars on a scale of powers of ten: what closing does to each side, in money. */
function draw(json, rows, width, dark) {
    const names = json.players.map((one) => one.name);
    const colours = seriesColours(dark).slice(2);
    const left = Math.min(150, width * 0.34);
    const thick = 10;
    const step = names.length * (thick + 2) + 12;
    const all = rows.flatMap((row) => names.map((name) => Math.abs(row[`${name} closed`])));
    const most = Math.max(10, ...all);
    const x = (million) => (Math.log10(Math.max(1, Math.abs(million))) / Math.log10(most)) * (width - left - 90);
    const height = rows.length * step + 26;
    const legend = names.map((name, k) => svg('g', { transform: `translate(${left + k * 110},6)` }, svg('rect', { width: 11, height: 11, style: { fill: colours[k % colours.length] } }), svg('text', { x: 16, y: 10 }, name)));
    const bars = rows.map((row, r) =>
        svg(
            'g',
            { transform: `translate(0,${26 + r * step})` },
            svg('text', { class: 'who', x: 0, y: step / 2 - 2 }, row.instrument),
            names.map((name, k) => {
                const value = row[`${name} closed`];
                const text = Math.abs(value) < 1 ? 'under 1' : signed(value, 0);
                return svg('g', { transform: `translate(${left},${k * (thick + 2)})` }, svg('rect', { width: Math.max(1, x(value)).toFixed(1), height: thick, style: { fill: colours[k % colours.length], 'fill-opacity': value < 0 ? '1' : '0.4' } }), svg('text', { class: 'value', x: Math.max(1, x(value)) + 5, y: thick - 1 }, text));
            }),
        ),
    );
    return svg('svg', { class: 'bars worth', viewBox: `0 0 ${width} ${height}`, width, height }, legend, bars);
}

/** What the figure shows; null where the answer has no worth of instruments. */
export function worthFigure(json) {
    if (!json.worth || !json.worth.length) return null;
    const rows = rowsOf(json);
    const strong = [...rows].filter((row) => row.leverage !== null).sort((a, b) => b.leverage - a.leverage)[0];
    const note = strong ? `For each dollar it costs its holder, ${strong.instrument} costs the others most: ${signed(strong.leverage, 1).replace('+', '')} dollars. How much it is in all is another matter: the bars are on a scale of powers of ten.` : 'The bars are on a scale of powers of ten.';
    return {
        title: 'Who has leverage: each instrument closed alone',
        unit: 'million USD a year, against today; full bars are losses, pale bars gains',
        basis: 'everything else as it stands today; closed to the end of its bounds (assumed)',
        note,
        alt: note,
        table: { columns: columnsOf(json), rows, caption: 'What each instrument is worth alone, against today' },
        draw: (width, dark) => draw(json, rows, width, dark),
    };
}
