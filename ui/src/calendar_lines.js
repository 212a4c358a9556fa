// Lines by month with observed points: what every chart of the Calendar is drawn with.

import * as Plot from '@observablehq/plot';
import { addDays, sayMonth, tickMonth } from './calendar_days.js';
import { seriesColours } from './colours.js';
import { svg } from './dom.js';
import { fitted, widthOf } from './letters.js';
import { digits, plain, tick } from './number.js';

const SYMBOLS = ['circle', 'diamond', 'square'];

const SHAPES = { circle: 'M5,0A5,5 0 1 1 -5,0A5,5 0 1 1 5,0Z', diamond: 'M0,-6L5,0L0,6L-5,0Z', square: 'M-4.5,-4.5H4.5V4.5H-4.5Z' };

function keyMark(item) {
    if (item.symbol) return svg('path', { d: SHAPES[item.symbol], transform: 'translate(9,-4)', fill: item.hollow ? 'none' : item.colour, stroke: item.colour, 'stroke-width': 1.6 });
    return svg('line', { x1: 0, x2: 18, y1: -4, y2: -4, stroke: item.colour, 'stroke-width': item.wide || 2, 'stroke-dasharray': item.dash || null });
}

/** Where the entries of a picture's key stand, in lines no wider than it: {places: [{item, label, x, y}], height}. */
function layKey(items, width) {
    if (items.length < 2) return { places: [], height: 6 };
    let [x, y] = [4, 12];
    const places = items.map((item) => {
        const label = fitted(item.label, width - 32);
        const wide = 28 + widthOf(label);
        if (x > 4 && x + wide > width) [x, y] = [4, y + 18];
        x += wide + 14;
        return { item, label, x: x - wide - 14, y };
    });
    return { places, height: y + 14 };
}

function keyPicture(places) {
    const entry = ({ item, label, x, y }) => svg('g', { transform: `translate(${x.toFixed(1)},${y})` }, keyMark(item), svg('text', { x: 24, y: 0, fill: 'currentColor' }, label));
    return svg('g', { class: 'key', 'text-anchor': 'start' }, places.map(entry));
}

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

/** Colours by role: lines in turn, points after them, and the path as agreed in grey. */
function dress({ lines, points }, dark) {
    const colours = seriesColours(dark);
    const faint = dark ? '#8d8f95' : '#8a8c91';
    let next = 0;
    const dressed = lines.map((line) => ({ dash: null, wide: line.faint ? 1.5 : 2.25, ...line, colour: line.faint ? faint : colours[(line.hue ?? next++) % colours.length] }));
    const dots = points.map((one, k) => ({ symbol: SYMBOLS[k % SYMBOLS.length], ...one, colour: colours[(lines.filter((line) => !line.faint).length + k) % colours.length] }));
    return { dressed, dots };
}

const middle = (date) => addDays(date, 14);

/** What the pointer says of a month: every line and point of it. */
function spoken(months, dressed, dots, show) {
    return months.map((month, t) => {
        const said = [
            ...dressed.filter((line) => known(line.values[t])).map((line) => `${line.label}: ${show(line.values[t])}`),
            ...dots.flatMap((one) => one.points.filter((point) => point.t === t).map((point) => `${one.label}: ${show(point.value)}${point.derived ? ' (derived)' : ''}`)),
        ];
        return { month: middle(month), values: dressed.filter((line) => known(line.values[t])).map((line) => line.values[t]), text: [sayMonth(month), ...said].join('\n') };
    });
}

function extent(dressed, dots, zero) {
    const all = [...dressed.flatMap((line) => line.values.filter(known)), ...dots.flatMap((one) => one.points.map((point) => point.value)), ...(zero ? [0] : [])];
    if (all.length === 0) return [0, 1];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return low === high ? [low - 1, high + 1] : [low, high];
}

/**
 * A picture of lines by month. spec: months [Date]; lines [{label, values, faint, dash, hue}]; points [{label, points: [{t,
 * value, derived}]}]; days [{date, label}] drawn as upright lines; unit; zero, whether nothing is shown too; height.
 */
export function linePicture(spec, width, dark) {
    const { dressed, dots } = dress(spec, dark);
    const ink = dark ? '#b0b1b4' : '#595b60';
    const faint = dressed.filter((line) => line.faint);
    const items = [...faint.slice(0, 1).map((line) => (faint.length > 1 ? { ...line, label: 'as agreed' } : line)), ...dressed.filter((line) => !line.faint), ...dots.map((one) => ({ ...one, hollow: one.points.every((point) => point.derived) }))];
    const key = layKey(items, width);
    const top = key.height;
    const count = digits(0, Math.max(...extent(dressed, dots, true).map(Math.abs)) || 1);
    const show = (value) => `${plain(value, count)} ${spec.unit}`;
    const first = spec.months[0];
    const last = addDays(spec.months[spec.months.length - 1], 31);
    const days = (spec.days || []).filter((day) => day.date >= first && day.date <= last);
    const rows = spoken(spec.months, dressed, dots, show);
    const picture = Plot.plot({
        width,
        height: (spec.height || 300) + top,
        marginTop: top + (days.length ? 20 : 8),
        marginLeft: 52,
        marginRight: 12,
        marginBottom: 34,
        x: { type: 'utc', domain: [first, last], label: null, ticks: Math.max(3, Math.round(width / 80)), tickFormat: (date, k) => tickMonth(date, k === 0) },
        y: { domain: extent(dressed, dots, spec.zero), nice: true, grid: true, label: null, ticks: spec.height && spec.height < 220 ? 4 : 6, tickFormat: tick },
        marks: [
            Plot.ruleY([0], { stroke: ink, strokeOpacity: spec.zero ? 0.8 : 0 }),
            days.map((day) => Plot.ruleX([day.date], { stroke: ink, strokeDasharray: day.dash || '2,3' })),
            days.map((day) => Plot.text([day.date], { x: (d) => d, text: () => day.label, frameAnchor: 'top', dy: -14, textAnchor: day.anchor || 'middle', fill: ink, fontSize: 11 })),
            dressed.map((line) => Plot.line(line.values, { x: (_, t) => middle(spec.months[t]), y: (value) => (known(value) ? value : NaN), stroke: line.colour, strokeWidth: line.wide, strokeDasharray: line.dash, curve: 'linear' })),
            dots.map((one) => Plot.dot(one.points, { x: (point) => middle(spec.months[point.t]), y: 'value', symbol: one.symbol, r: 4.5, fill: (point) => (point.derived ? (dark ? '#1e2024' : '#ffffff') : one.colour), stroke: one.colour, strokeWidth: 1.8 })),
            Plot.tip(rows.filter((row) => row.values.length), Plot.pointerX({ x: 'month', y: (row) => row.values[0], title: 'text', fill: dark ? '#1e2024' : '#ffffff', stroke: ink, fontSize: 12, lineHeight: 1.3 })),
        ],
    });
    picture.append(keyPicture(key.places));
    // The picture has its words as a whole; Plot's names of its parts would be read besides.
    for (const part of picture.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    return picture;
}

/** A sentence for those who do not see it: first and last of each line, and how many points. */
export function lineWords(spec) {
    const first = sayMonth(spec.months[0]);
    const last = sayMonth(spec.months[spec.months.length - 1]);
    const count = (values) => digits(0, Math.max(...values.filter(known).map(Math.abs), 0) || 1);
    const parts = spec.lines.filter((line) => line.values.some(known)).map((line) => {
        const values = line.values.filter(known);
        return `${line.label} from ${plain(values[0], count(values))} in ${first} to ${plain(values[values.length - 1], count(values))} in ${last}, lowest ${plain(Math.min(...values), count(values))}, highest ${plain(Math.max(...values), count(values))}`;
    });
    const observed = spec.points.filter((one) => one.points.length).map((one) => `${one.label}: ${one.points.length} points`);
    return `Lines by month, ${spec.unit}. ${[...parts, ...observed].join('. ')}.`;
}

/** The rows of its table, a month each. */
export function lineTable(spec, caption) {
    const plainNumber = (value) => plain(value);
    const columns = [
        { key: 'month', label: 'Month' },
        ...spec.lines.map((line, k) => ({ key: `line${k}`, label: line.label, unit: spec.unit, numeric: true, format: plainNumber })),
        ...spec.points.flatMap((one, k) => [
            { key: `point${k}`, label: one.label, unit: spec.unit, numeric: true, format: plainNumber },
            { key: `source${k}`, label: `Source of ${one.label}` },
        ]),
    ];
    const rows = spec.months.map((month, t) => {
        const row = { month: month.toISOString().slice(0, 7) };
        spec.lines.forEach((line, k) => (row[`line${k}`] = line.values[t]));
        spec.points.forEach((one, k) => {
            const point = one.points.find((entry) => entry.t === t);
            row[`point${k}`] = point ? point.value : null;
            row[`source${k}`] = point ? `${point.source}${point.derived ? ' (derived from two months)' : ''}` : '';
        });
        return row;
    });
    return { columns, rows, caption };
}
