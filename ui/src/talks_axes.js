// Scales and axes of a plane of two payoffs, and where labels have room.

import { svg } from './dom.js';
import { signed } from './number.js';

/** Round steps that divide a range into about `most` parts. */
export function ticks(low, high, most) {
    const rough = (high - low) / Math.max(1, most);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
    const list = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) list.push(k === 0 ? 0 : k * step);
    return { list, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** A range that holds all the numbers, with some room around it. */
export function rangeOf(numbers, room = 0.1, least = 1e-4) {
    const known = numbers.filter(Number.isFinite);
    const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [-1, 1];
    const wide = Math.max(high - low, least);
    const middle = (low + high) / 2;
    return [middle - wide * (0.5 + room), middle + wide * (0.5 + room)];
}

/** From a range of numbers to a range of the screen, and back. */
export function scale([low, high], [from, to]) {
    const at = (value) => from + ((value - low) / (high - low)) * (to - from);
    at.back = (place) => low + ((place - from) / (to - from)) * (high - low);
    at.range = [low, high];
    return at;
}

/** Both axes with their grid; names stand at their ends. */
export function axes({ x, y, box, names }) {
    const [across, down] = [ticks(...x.range, box.width / 90), ticks(...y.range, box.height / 55)];
    const vertical = across.list.map((value) =>
        svg(
            'g',
            { transform: `translate(${x(value).toFixed(1)},0)` },
            svg('line', { class: value === 0 ? 'zero' : 'grid', y1: box.top, y2: box.bottom }),
            svg('text', { y: box.bottom + 17, 'text-anchor': 'middle' }, signed(value, across.decimals)),
        ),
    );
    const horizontal = down.list.map((value) =>
        svg(
            'g',
            { transform: `translate(0,${y(value).toFixed(1)})` },
            svg('line', { class: value === 0 ? 'zero' : 'grid', x1: box.left, x2: box.right }),
            svg('text', { x: box.left - 7, y: 4, 'text-anchor': 'end' }, signed(value, down.decimals)),
        ),
    );
    return svg(
        'g',
        { class: 'axes', 'aria-hidden': 'true' },
        vertical,
        horizontal,
        svg('text', { class: 'name', x: box.right, y: box.bottom + 36, 'text-anchor': 'end' }, `${names[0]} →`),
        svg('text', { class: 'name', x: box.left - 7, y: box.top - 12, 'text-anchor': 'start' }, `↑ ${names[1]}`),
    );
}

const overlaps = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/**
 * Places for labels beside their points, none over another: [{at: [x, y], text, reach}] in order of importance. Those that find
 * no room are left out. Returns [{text, x, y, anchor}].
 */
export function placeLabels(wanted, box, taken) {
    const boxes = [...taken];
    const placed = [];
    for (const { at, text, reach, key } of wanted) {
        const wide = text.length * 6.6;
        const options = [
            { x: at[0] + reach, y: at[1] + 4, anchor: 'start' },
            { x: at[0] - reach, y: at[1] + 4, anchor: 'end' },
            { x: at[0], y: at[1] - reach - 4, anchor: 'middle' },
            { x: at[0], y: at[1] + reach + 12, anchor: 'middle' },
        ];
        for (const option of options) {
            const start = option.anchor === 'start' ? option.x : option.anchor === 'end' ? option.x - wide : option.x - wide / 2;
            const area = { x0: start - 2, x1: start + wide + 2, y0: option.y - 12, y1: option.y + 4 };
            const inside = area.x0 >= box.left && area.x1 <= box.right + 6 && area.y0 >= box.top && area.y1 <= box.bottom;
            if (!inside || boxes.some((other) => overlaps(area, other))) continue;
            boxes.push(area);
            placed.push({ text, key, ...option });
            break;
        }
    }
    return placed;
}
