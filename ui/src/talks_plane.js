// The plane of two payoffs: no deal, today, the packages, the frontier, the bargains, and the deal in hand.

import { h, replace, svg } from './dom.js';
import { axes, placeLabels, rangeOf, scale } from './talks_axes.js';
import { unbeaten } from './talks_deals.js';

const ENDS = ['pointerup', 'pointercancel']; // of a drag
const APART = 13; // pixels: points that are closer are one mark

// What counts most is labelled first.
const ORDER = ['yours', 'no-deal', 'today', 'package', 'bargain', 'nash', 'kept', 'response'];

/** The mark of a kind; shapes differ, not colours alone. */
const SHAPES = {
    'no-deal': () => svg('path', { d: 'M-6-6L6 6M-6 6L6-6' }),
    today: () => svg('path', { d: 'M0-8L8 0 0 8-8 0Z' }),
    package: () => svg('circle', { r: 5.5 }),
    bargain: () => svg('rect', { x: -5, y: -5, width: 10, height: 10 }),
    nash: () => svg('path', { d: 'M0-7L7 5.5-7 5.5Z' }),
    response: () => svg('path', { d: 'M0 7L7-5.5-7-5.5Z' }),
    kept: () => svg('rect', { x: -5, y: -5, width: 10, height: 10, rx: 2, transform: 'rotate(45)' }),
    yours: () => [svg('circle', { r: 9, class: 'ring' }), svg('circle', { r: 3 })],
};

/** A mark alone, for the legend. */
export function markOf(kind) {
    return svg('svg', { class: `mark-of ${kind}`, viewBox: '-11 -11 22 22', width: 18, height: 18, 'aria-hidden': 'true' }, SHAPES[kind]());
}

/** Points of one place on the screen together, the most important one first. */
function clusters(points, x, y) {
    const sorted = [...points].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    const groups = [];
    for (const point of sorted) {
        const at = [x(point.x), y(point.y)];
        const near = point.kind !== 'yours' && groups.find((group) => group.points[0].kind !== 'yours' && Math.hypot(group.at[0] - at[0], group.at[1] - at[1]) < APART);
        if (near) near.points.push(point);
        else groups.push({ at, points: [point] });
    }
    return groups;
}

function whiskers(points, x, y) {
    const known = points.filter((one) => [one.xLow, one.xHigh, one.yLow, one.yHigh].every(Number.isFinite));
    return svg(
        'g',
        { class: 'whiskers', 'aria-hidden': 'true' },
        known.map((one) => {
            const middle = [(x(one.xLow) + x(one.xHigh)) / 2, (y(one.yLow) + y(one.yHigh)) / 2];
            return svg('path', {
                class: one.kind,
                d: `M${x(one.x).toFixed(1)} ${y(one.y).toFixed(1)}L${middle.map((place) => place.toFixed(1)).join(' ')}M${x(one.xLow).toFixed(1)} ${middle[1].toFixed(1)}H${x(one.xHigh).toFixed(1)}M${middle[0].toFixed(1)} ${y(one.yLow).toFixed(1)}V${y(one.yHigh).toFixed(1)}`,
            });
        }),
    );
}

/** What both prefer to no deal: below the frontier where that is known, else as far as the picture goes. */
function zone({ noDeal, frontier }, x, y, box, clip) {
    const [left, bottom] = [x(noDeal[0]), y(noDeal[1])];
    if (frontier.length < 2) return svg('path', { class: 'zone unknown', 'clip-path': clip, d: `M${left} ${bottom}H${box.right}V${box.top}H${left}Z` });
    const along = [...frontier].sort((a, b) => b[0] - a[0]).map(([a, b]) => [x(a), y(b)]);
    const [first, last] = [along[0], along[along.length - 1]];
    const corners = [[left, bottom], [first[0], bottom], ...along, [left, last[1]]];
    return svg('path', { class: 'zone', 'clip-path': clip, d: `M${corners.map((pair) => pair.map((one) => one.toFixed(1)).join(' ')).join('L')}Z` });
}

function along(frontier, x, y) {
    const places = [...frontier].sort((a, b) => a[0] - b[0]).map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`);
    return `M${places.join('L')}`;
}

function frontierLine(frontier, x, y, clip) {
    if (frontier.length < 2) return null;
    return svg('path', { class: 'frontier', 'clip-path': clip, d: along(frontier, x, y) });
}

/** What has been found of the frontier so far: every point, and a line through those that no other beats. */
function growingMarks(growing, x, y) {
    const line = unbeaten(growing);
    return [
        line.length > 1 && svg('path', { d: along(line, x, y) }),
        growing.map(([a, b]) => svg('circle', { cx: x(a).toFixed(1), cy: y(b).toFixed(1), r: 3 })),
    ];
}

/** The lines beyond which a side would not sign. */
function floors(noDeal, x, y, box) {
    const [left, bottom] = [x(noDeal[0]), y(noDeal[1])];
    return svg(
        'g',
        { class: 'floors', 'aria-hidden': 'true' },
        left > box.left && left < box.right && svg('line', { x1: left, x2: left, y1: box.top, y2: box.bottom }),
        bottom > box.top && bottom < box.bottom && svg('line', { x1: box.left, x2: box.right, y1: bottom, y2: bottom }),
    );
}

/** The numbers the picture has to hold: all of them, or in the close-up those around the frontier. */
function extent(data) {
    const { points, growing, close } = data;
    const frontier = [...data.frontier, ...growing];
    const best = [...frontier, ...points.filter((one) => one.kind === 'bargain').map((one) => [one.x, one.y])];
    if (close && best.length > 1) return [rangeOf(best.map(([a]) => a), 0.6, 2e-4), rangeOf(best.map(([, b]) => b), 0.6, 2e-4)];
    const list = (keys) => points.flatMap((one) => keys.map((key) => one[key]));
    return [
        rangeOf([...list(['x', 'xLow', 'xHigh']), ...frontier.map(([a]) => a)], 0.09),
        rangeOf([...list(['y', 'yLow', 'yHigh']), ...frontier.map(([, b]) => b)], 0.09),
    ];
}

/**
 * Whether the frontier is too small to be seen beside no deal, so that a close-up helps.
 */
export function needsCloseUp({ points, frontier }) {
    if (frontier.length < 2) return false;
    const wide = (numbers) => Math.max(...numbers) - Math.min(...numbers);
    return wide(frontier.map(([a]) => a)) < 0.15 * wide(points.map((one) => one.x)) || wide(frontier.map(([, b]) => b)) < 0.15 * wide(points.map((one) => one.y));
}

function nameOf(group, short) {
    const [first] = group.points;
    const more = group.points.length - 1;
    const label = short ? first.short || first.label : first.label;
    return more > 0 ? `${label} + ${more}` : label;
}

const nameOfAll = (group) => group.points.map((one) => one.key).join();

/**
 * A plane that is drawn again with every answer. draw(width, data) -> element, with data {points: [{key, kind, label, x, y,
 * xLow, xHigh, yLow, yHigh}], frontier: [[x, y]], growing: [[x, y]] while it is looked for, trail: [[x, y]], noDeal: [x, y], names: [x axis, y axis], close}; tell(points) -> text for
 * the tip; onPick(key); drag: allowed(), start(), move([x, y]) and end() of a drag of the deal in hand by mouse or pen.
 */
export function makePlane({ tell, onPick, drag }) {
    const tip = h('div', { class: 'tip', hidden: true });
    let groups = [];
    let root = null;
    let active = null;
    let pressed = '';
    let scales = null;
    let held = null; // a drag: where it began, whether it has moved, the ranges it keeps, the place aimed at
    let turn = 0;

    function showTip(group) {
        tip.hidden = !group;
        if (!group) return;
        tip.replaceChildren(...tell(group.points));
        const ratio = root.getBoundingClientRect().width / root.viewBox.baseVal.width;
        const [left, top] = group.at.map((value) => value * ratio);
        const right = root.getBoundingClientRect().width;
        tip.style.left = `${Math.min(Math.max(0, left + 14), Math.max(0, right - tip.offsetWidth))}px`;
        tip.style.top = `${top > tip.offsetHeight + 20 ? top - tip.offsetHeight - 14 : top + 18}px`;
    }

    function activate(group) {
        groups.forEach((one) => one.node.classList.toggle('active', one === group));
        active = group;
        if (!group) return root.removeAttribute('aria-activedescendant');
        root.setAttribute('aria-activedescendant', group.node.id);
        return showTip(group);
    }

    function placeOf(event) {
        const area = root.getBoundingClientRect();
        const ratio = root.viewBox.baseVal.width / area.width;
        return [(event.clientX - area.left) * ratio, (event.clientY - area.top) * ratio];
    }

    function pull(event) {
        if (!held.moved && Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) < 5) return;
        event.preventDefault();
        if (!held.moved) {
            held = { ...held, moved: true, ranges: [scales.x.range, scales.y.range] };
            showTip(null);
            drag.start();
        }
        const [left, top] = placeOf(event);
        held.target = [scales.x.back(left), scales.y.back(top)];
        const mark = root.querySelector('.target');
        if (mark) mark.setAttribute('transform', `translate(${left.toFixed(1)},${top.toFixed(1)})`);
        drag.move(held.target);
    }

    function letGo() {
        window.removeEventListener('pointermove', pull);
        ENDS.forEach((name) => window.removeEventListener(name, letGo));
        const { moved } = held;
        held = null;
        if (moved) drag.end();
    }

    function grab(event) {
        const ring = groups.find((group) => group.points[0].kind === 'yours');
        if (!ring || event.pointerType === 'touch' || event.button !== 0 || !drag.allowed()) return;
        const [left, top] = placeOf(event);
        if (Math.hypot(left - ring.at[0], top - ring.at[1]) > 14) return;
        event.preventDefault();
        held = { from: [event.clientX, event.clientY], moved: false };
        window.addEventListener('pointermove', pull);
        ENDS.forEach((name) => window.addEventListener(name, letGo));
    }

    /** Where several points are one mark, each press takes the next of them. */
    function pick(group) {
        turn = nameOfAll(group) === pressed ? turn + 1 : 0;
        pressed = nameOfAll(group);
        const choices = group.points.filter((one) => one.kind !== 'yours');
        if (choices.length) onPick(choices[turn % choices.length].key);
    }

    function keyed(event) {
        if (event.key === 'Escape') return showTip(null);
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            return active ? pick(active) : undefined;
        }
        if (!event.key.startsWith('Arrow') || !groups.length) return undefined;
        event.preventDefault();
        const byPlace = groups.filter((group) => !group.points[0].silent).sort((a, b) => a.at[0] - b.at[0] || b.at[1] - a.at[1]);
        const step = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : -1;
        const from = byPlace.indexOf(active);
        return activate(byPlace[(from + step + byPlace.length) % byPlace.length] || byPlace[0]);
    }

    function markNode(group, k) {
        const [first] = group.points;
        const names = group.points.map((one) => one.label).join(', ');
        const picked = group.points.some((one) => one.picked);
        const look = { class: `point ${first.kind}${picked ? ' picked' : ''}`, transform: `translate(${group.at.map((one) => one.toFixed(1)).join(',')})` };
        const told = first.silent ? { 'aria-hidden': 'true' } : { id: `plane-${k}`, role: 'option', 'aria-selected': String(picked), 'aria-label': `${names}: ${first.spoken}` };
        const node = svg(
            'g',
            { ...look, ...told },
            svg('circle', { class: 'reach', r: 14 }),
            SHAPES[first.kind](),
        );
        node.addEventListener('pointerenter', () => showTip(group));
        node.addEventListener('pointerleave', () => showTip(null));
        node.addEventListener('click', () => pick(group));
        return node;
    }

    return {
        /** Puts what was found of the frontier into the picture as it stands; false where it has no place there. */
        grow(growing) {
            const place = root && root.isConnected && root.querySelector('.growing');
            const within = ([low, high], value) => value >= low && value <= high;
            if (!place || !growing.every(([a, b]) => within(scales.x.range, a) && within(scales.y.range, b))) return false;
            replace(place, growingMarks(growing, scales.x, scales.y));
            return true;
        },
        draw(width, data) {
            const kept = root && document.activeElement === root ? active && nameOfAll(active) : null;
            const narrow = width < 520;
            const height = Math.round(Math.min(Math.max(width * 0.66, 300), 560));
            const box = { left: narrow ? 50 : 62, right: width - 14, top: 30, bottom: height - 44 };
            Object.assign(box, { width: box.right - box.left, height: box.bottom - box.top });
            const [xs, ys] = held && held.ranges ? held.ranges : extent(data);
            const [x, y] = [scale(xs, [box.left, box.right]), scale(ys, [box.bottom, box.top])];
            scales = { x, y };
            const inside = data.points.filter((one) => one.x >= xs[0] && one.x <= xs[1] && one.y >= ys[0] && one.y <= ys[1]);
            const clip = 'url(#plane-clip)';
            groups = clusters(inside, x, y);
            const labels = placeLabels(
                groups.filter((group) => !group.points[0].silent).map((group) => ({ at: group.at, text: nameOf(group, narrow), reach: 13, key: group.points[0].picked ? 'yours' : group.points[0].kind })),
                box,
                groups.map(({ at }) => ({ x0: at[0] - 8, x1: at[0] + 8, y0: at[1] - 8, y1: at[1] + 8 })),
            );
            groups.forEach((group, k) => (group.node = markNode(group, k)));
            root = svg(
                'svg',
                { class: drag.allowed() ? 'plane pulled' : 'plane', viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: 'listbox', 'aria-label': `${data.alt} Arrow keys go from deal to deal, Enter takes one in hand.` },
                svg('defs', null, svg('clipPath', { id: 'plane-clip' }, svg('rect', { x: box.left, y: box.top, width: box.width, height: box.height }))),
                zone(data, x, y, box, clip),
                axes({ x, y, box, names: data.names }),
                floors(data.noDeal, x, y, box),
                frontierLine(data.frontier, x, y, clip),
                svg('g', { class: 'growing', 'clip-path': clip, 'aria-hidden': 'true' }, growingMarks(data.growing, x, y)),
                data.trail.length > 1 && svg('path', { class: 'trail', 'clip-path': clip, d: `M${data.trail.map(([p, q]) => `${x(p).toFixed(1)} ${y(q).toFixed(1)}`).join('L')}` }),
                svg('g', { 'clip-path': clip }, whiskers(inside, x, y)),
                svg('g', { role: 'presentation' }, [...groups].reverse().map((group) => group.node)),
                svg('g', { class: 'labels', 'aria-hidden': 'true' }, labels.map((one) => svg('text', { class: one.key, x: one.x.toFixed(1), y: one.y.toFixed(1), 'text-anchor': one.anchor }, one.text))),
            );
            active = null;
            if (held && held.target) root.append(svg('g', { class: 'target', transform: `translate(${x(held.target[0]).toFixed(1)},${y(held.target[1]).toFixed(1)})` }, svg('path', { d: 'M-9 0H9M0-9V9' })));
            root.addEventListener('pointerdown', grab);
            root.addEventListener('keydown', keyed);
            root.addEventListener('blur', () => showTip(null));
            tip.hidden = true;
            if (kept !== null) window.queueMicrotask(() => {
                root.focus({ preventScroll: true });
                activate(groups.find((group) => nameOfAll(group) === kept) || null);
            });
            return h('div', { class: 'plane-frame' }, root, tip);
        },
    };
}
