// The legend of a colour scale, as part of a picture.

import { svg } from './dom.js';

const BOXES = 41;

/** Digits after the point that the end of a scale needs, which is a round number. */
const endDigits = (limit) => Math.max(0, -Math.floor(Math.log10(limit) + 1e-9));

/**
 * A diverging or sequential legend at (x, y): `colourOf(value)`, from -limit (or 0) to limit, with its unit; show(value, digits)
 * says its ends.
 */
export function legend({ x, y, width, limit, colourOf, unit, centred = true, show }) {
    const from = centred ? -limit : 0;
    const step = (limit - from) / (BOXES - 1);
    const wide = width / BOXES;
    const boxes = Array.from({ length: BOXES }, (_, k) =>
        svg('rect', { x: (k * wide).toFixed(2), y: 0, width: (wide + 0.3).toFixed(2), height: 10, style: { fill: colourOf(from + k * step) } }),
    );
    const ticks = centred ? [-limit, 0, limit] : [0, limit];
    const ends = ['start', 'middle', 'end'];
    const texts = ticks.map((value, k) => {
        const share = (value - from) / (limit - from);
        const sign = value === 0 ? '' : value < 0 ? '≤ ' : '≥ ';
        const anchor = centred ? ends[k] : ends[k * 2];
        return svg('text', { x: (share * width).toFixed(1), y: 24, 'text-anchor': anchor }, sign + show(value, value === 0 ? 0 : endDigits(limit)));
    });
    return svg('g', { class: 'legend', transform: `translate(${x},${y})` }, svg('text', { x: 0, y: -6, class: 'unit' }, unit), boxes, texts);
}

/** The box that says what hatching means. */
export function hatchKey({ x, y }) {
    return svg(
        'g',
        { class: 'legend', transform: `translate(${x},${y})` },
        svg('rect', { width: 16, height: 10, class: 'absent' }),
        svg('text', { x: 22, y: 9.5 }, 'not told apart in this world'),
    );
}
