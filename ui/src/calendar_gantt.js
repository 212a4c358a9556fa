// The measures as bars on a time axis, in lanes, with an end that can be taken hold of.

import { addDays, addMonths, daysBetween, sayDay, sayShortDay, tickMonth } from './calendar_days.js';
import { gather, labelOf, laneOf } from './calendar_measures.js';
import { inkOn, seriesColours } from './colours.js';
import { svg } from './dom.js';
import { widthOf } from './letters.js';

const ROW = 24; // and as much to press on
const BAR = 15;
const TOP = 46;
const LEAST = 720;
const HUES = { USA: 0, CHN: 1 };

/** From the month of the first announcement to some months after the last day. */
export function domainOf(measures, ends, until) {
    const days = measures.flatMap((one) => [one.announced, one.start, one.end, one.agreed].filter(Boolean));
    const last = [...days, ...ends.map((end) => end.now || end.agreed)].reduce((a, b) => (a > b ? a : b));
    const first = days.reduce((a, b) => (a < b ? a : b));
    const wanted = addMonths(last, 4);
    return [addDays(first, -7), until && wanted > until ? until : wanted];
}

/** Lanes of entries, each packed into as few rows as their bars and labels need. */
function layOut(measures, nameOf, scale, width) {
    const lanes = new Map();
    for (const entry of gather(measures).sort((a, b) => (a.start || a.announced) - (b.start || b.announced))) {
        const name = laneOf(entry, nameOf);
        if (!lanes.has(name)) lanes.set(name, []);
        lanes.get(name).push(place(entry, scale, width));
    }
    return [...lanes].map(([name, entries]) => ({ name, entries, rows: pack(entries) })).sort((a, b) => weight(b) - weight(a));
}

const weight = (lane) => (lane.name.includes('exempt') ? 0 : 1000) + lane.entries.length;

const isAssumed = (entry) => entry.measures.some((one) => one.assumed);

/** Where a bar begins and ends, and on which side of it its label is. */
function place(entry, scale, width) {
    const label = `${labelOf(entry)}${isAssumed(entry) ? ' *' : ''}`;
    const wide = widthOf(label, 11) + 10;
    const from = scale(entry.announced || entry.start);
    const start = entry.start ? scale(entry.start) : from;
    const end = entry.start ? (entry.end ? scale(entry.end) : width) : start;
    const inset = entry.announced && entry.start && from > start && from < start + wide ? from - start + 6 : 5; // after its circle
    const inside = end - start > wide + inset - 5;
    const right = !inside && end + wide < width;
    const left = Math.min(from, right || inside ? from : Math.max(0, from - wide));
    return { entry, label, wide, from, start, end, inset, inside, right, left, reach: right ? end + wide : Math.max(end, start + 8) };
}

function pack(entries) {
    const ends = [];
    for (const one of entries) {
        let row = ends.findIndex((end) => end + 6 < one.left);
        if (row < 0) row = ends.push(0) - 1;
        ends[row] = one.reach;
        one.row = row;
    }
    return ends.length;
}

function words(entry) {
    const parts = [labelOf(entry), entry.announced && `announced ${sayDay(entry.announced)}`, entry.start ? `in force from ${sayDay(entry.start)}` : 'never in force'];
    if (entry.replaced) parts.push(`replaced by ${entry.replaced} on ${sayDay(entry.end)}`);
    else if (entry.until) parts.push(`until ${sayDay(entry.until)}`);
    if (!entry.active) parts.push('switched off');
    if (isAssumed(entry)) parts.push('partly assumed');
    return parts.filter(Boolean).join(', ');
}

function bar(one, y, { dark, picked, onPick }) {
    const { entry, start, end, from } = one;
    const colour = seriesColours(dark)[HUES[entry.by[0]] ?? 2];
    const ink = dark ? '#ececea' : '#1c1d20';
    const middle = y + BAR / 2;
    const text = one.inside ? { x: start + one.inset, fill: entry.active && entry.stacks !== 'exempt' ? inkOn(colour) : ink } : one.right ? { x: Math.max(end, start + 8) + 5, fill: ink } : { x: Math.min(from, start) - 6, fill: ink, 'text-anchor': 'end' };
    const light = !entry.active || entry.stacks === 'exempt' || !entry.start;
    const group = svg(
        'g',
        { class: `bar${picked ? ' picked' : ''}`, role: 'button', tabindex: '-1', 'aria-label': words(entry), 'aria-pressed': String(picked) },
        svg('rect', { class: 'ring', x: Math.min(one.left, from) - 3, y: y - (ROW - BAR) / 2, width: Math.max(one.reach, end) - Math.min(one.left, from) + 6, height: ROW, rx: 4 }),
        from < start && svg('line', { x1: from, x2: start, y1: middle, y2: middle, stroke: colour, 'stroke-width': 1.5 }),
        entry.start && svg('rect', { x: start, y, width: Math.max(3, end - start), height: BAR, rx: 2, fill: colour, 'fill-opacity': light ? 0.18 : 1, stroke: colour, 'stroke-dasharray': entry.active ? null : '3,2' }),
        entry.legal && entry.start && entry.legal.getTime() !== entry.start.getTime() && svg('line', { x1: one.legal, x2: one.legal, y1: y - 2, y2: y + BAR + 2, stroke: ink, 'stroke-width': 1.5 }),
        svg('circle', { cx: from, cy: middle, r: 3.5, fill: dark ? '#1e2024' : '#ffffff', stroke: colour, 'stroke-width': 1.5 }),
        svg('text', { ...text, y: y + BAR - 3.5, class: one.inside ? 'label' : 'label out' }, one.label),
    );
    group.addEventListener('click', () => onPick(entry));
    group.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onPick(entry);
    });
    return group;
}

/** One bar at a time is in the order of the Tab key; arrows go through them. */
function walk(bars) {
    if (bars.length) bars[0].setAttribute('tabindex', '0');
    bars.forEach((one, k) =>
        one.addEventListener('keydown', (event) => {
            const next = { ArrowDown: k + 1, ArrowRight: k + 1, ArrowUp: k - 1, ArrowLeft: k - 1, Home: 0, End: bars.length - 1 }[event.key];
            if (next === undefined || !bars[next]) return;
            event.preventDefault();
            bars[k].setAttribute('tabindex', '-1');
            bars[next].setAttribute('tabindex', '0');
            bars[next].focus();
        }),
    );
}

function axis(first, last, scale, height, width, dark) {
    const rule = dark ? '#35373c' : '#dcd9d1';
    const soft = dark ? '#b0b1b4' : '#595b60';
    const ticks = [];
    for (let month = addMonths(first, 1); month < last; month = addMonths(month, 1)) ticks.push(month);
    const every = Math.max(1, Math.ceil((ticks.length * 46) / width));
    return ticks.map((month, k) => {
        const x = scale(month);
        const lines = k % every ? [] : tickMonth(month, k === 0).split('\n');
        return svg(
            'g',
            null,
            svg('line', { x1: x, x2: x, y1: TOP - 6, y2: height, stroke: rule }),
            lines.map((line, n) => svg('text', { x: x + 3, y: 12 + 14 * n, fill: soft }, line)),
        );
    });
}

function flag(day, label, scale, height, dark, { dash, left = false } = {}) {
    const x = scale(day);
    const ink = dark ? '#ececea' : '#1c1d20';
    const text = left ? { x: x - 4, 'text-anchor': 'end' } : { x: x + 4 };
    return svg('g', { class: 'flag' }, svg('line', { x1: x, x2: x, y1: TOP - 8, y2: height, stroke: ink, 'stroke-width': 1.2, 'stroke-dasharray': dash || null }), svg('text', { ...text, y: TOP - 10, fill: ink }, label));
}

const near = (a, b, wide) => a < b && b - a < wide;

/**
 * The handle of an end: dragged, or moved by arrow keys (a day), Page keys (a month), Home (as agreed). onMove(day) as it
 * moves, onRelease(day) when it stays.
 */
function handle(end, { scale, unscale, width, height, latest, dark, name, onMove, onRelease }) {
    const colour = dark ? '#f0964a' : '#a04405';
    const ink = dark ? '#111111' : '#ffffff';
    let day = end.now || latest;
    const line = svg('line', { y1: TOP - 4, y2: height, stroke: colour, 'stroke-width': 2.5 });
    const grip = svg('path', { d: `M-11,${TOP - 26}H11V${TOP - 10}L0,${TOP - 1}L-11,${TOP - 10}Z`, fill: colour });
    const marks = svg('path', { d: `M-4,${TOP - 22}v9M0,${TOP - 22}v9M4,${TOP - 22}v9`, stroke: ink, 'stroke-width': 1.3 });
    const group = svg(
        'g',
        {
            class: 'handle',
            role: 'slider',
            tabindex: '0',
            'aria-label': `End of ${name}`,
            'aria-orientation': 'horizontal',
            'aria-valuemin': String(0),
            'aria-valuemax': String(daysBetween(end.first, latest)),
        },
        svg('rect', { x: -16, y: 0, width: 32, height, fill: 'transparent' }),
        line,
        grip,
        marks,
    );
    const clamp = (date) => (date < end.first ? end.first : date > latest ? latest : date);

    function put(date) {
        day = clamp(date);
        group.setAttribute('transform', `translate(${Math.min(scale(day), width - 12).toFixed(1)},0)`);
        group.setAttribute('aria-valuenow', String(daysBetween(end.first, day)));
        group.setAttribute('aria-valuetext', end.now || day < latest ? sayDay(day) : 'never');
    }

    let pending = 0;
    function go(date, wait) {
        put(date);
        onMove(day);
        window.clearTimeout(pending);
        pending = window.setTimeout(() => onRelease(day), wait);
    }

    group.addEventListener('keydown', (event) => {
        const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 30, PageDown: -30 }[event.key];
        if (steps === undefined && event.key !== 'Home') return;
        event.preventDefault();
        go(event.key === 'Home' ? end.agreed : addDays(day, steps), 500);
    });
    group.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        group.setPointerCapture(event.pointerId);
        group.focus();
        const picture = group.ownerSVGElement;
        const ratio = picture.viewBox.baseVal.width / picture.getBoundingClientRect().width;
        const offset = event.clientX * ratio - scale(day);
        const follow = (moved) => {
            put(unscale(moved.clientX * ratio - offset));
            onMove(day);
        };
        const drop = () => {
            group.removeEventListener('pointermove', follow);
            onRelease(day);
        };
        group.addEventListener('pointermove', follow);
        group.addEventListener('pointerup', drop, { once: true });
        group.addEventListener('pointercancel', drop, { once: true });
    });
    put(day);
    group.put = put;
    return group;
}

/**
 * The picture. options: measures, nameOf(code), ends, end (the one with the handle), nameOfEnd, domain, latest day of the
 * handle, today {day, label}, picked(entry), onPick(entry), onMove(day), onRelease(day).
 */
export function ganttPicture(options, room, dark) {
    const { measures, nameOf, end, today } = options;
    const width = Math.max(room, LEAST); // a narrow screen scrolls
    const [first, last] = options.domain;
    const span = last - first;
    const scale = (date) => (width * Math.min(Math.max(date - first, -span), 2 * span)) / span;
    const unscale = (x) => addDays(first, Math.round(((x / width) * span) / 86400000));
    const lanes = layOut(measures, nameOf, (date) => Math.min(width, Math.max(0, scale(date))), width);
    const soft = dark ? '#b0b1b4' : '#595b60';
    let y = TOP + 4;
    const bars = [];
    const drawn = lanes.map((lane, k) => {
        const top = y;
        const rows = lane.entries.map((one) => {
            one.legal = one.entry.legal ? scale(one.entry.legal) : 0;
            const made = bar(one, top + 20 + one.row * ROW, { dark, picked: options.picked(one.entry), onPick: options.onPick });
            bars.push(made);
            return made;
        });
        y = top + 20 + lane.rows * ROW + 10;
        return svg('g', { class: 'lane' }, k % 2 === 0 && svg('rect', { x: 0, y: top, width, height: y - top, class: 'band' }), svg('text', { x: 4, y: top + 13, class: 'lane-name', fill: soft }, lane.name), rows);
    });
    const height = y + 4;
    const inside = today && today.day >= first && today.day <= last;
    const moved = end && (!end.now || end.now.getTime() !== end.agreed.getTime());
    const grip = end && handle(end, { ...options, scale, unscale, width, height, latest: options.latest < last ? options.latest : last, dark, name: options.nameOfEnd });
    const picture = svg(
        'svg',
        { class: 'plot-gantt', viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': `Measures by date: ${measures.length} measures from ${sayShortDay(first)} to ${sayShortDay(last)}` },
        drawn.map((lane) => lane.querySelector('.band')).filter(Boolean),
        axis(first, last, scale, height, width, dark),
        inside && flag(today.day, today.label, scale, height, dark, { left: end && near(scale(today.day), scale(end.now || end.agreed), 110) }),
        moved && flag(end.agreed, `agreed: ${sayShortDay(end.agreed)}`, scale, height, dark, { dash: '2,3', left: near(scale(end.agreed), scale(end.now || last), 150) && !near(scale(today ? today.day : first), scale(end.agreed), 150) }),
        drawn,
        grip,
    );
    walk(bars);
    picture.handle = grip;
    picture.follow = (x) => picture.querySelectorAll('.lane-name').forEach((name) => name.setAttribute('x', 4 + x)); // names stay in sight
    picture.wide = width;
    picture.middle = scale(inside ? today.day : first);
    return picture;
}
