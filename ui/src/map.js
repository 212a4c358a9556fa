// The map of the world: drawn once for a width, painted again with every answer.

import { geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import { h, svg } from './dom.js';

const SPHERE = { type: 'Sphere' };
/** What the map frames: the land but for the far north and the far south. */
const FRAME = { type: 'MultiPoint', coordinates: [[-168.5, 65], [-169.5, 0], [-169.9, -20], [180, 66], [190.5, 66], [178.5, -38], [-95, 83.2], [-40, 83.2], [-70, -56]] };

let outlines = null;

/** The outlines, asked for once. */
export function loadOutlines() {
    outlines = outlines || fetch('/assets/countries.json').then((answer) => {
        if (!answer.ok) throw new Error('The map of the world could not be read.');
        return answer.json();
    });
    outlines.catch(() => (outlines = null));
    return outlines.then((topology) => feature(topology, topology.objects.countries).features);
}

function hatch() {
    return svg(
        'defs',
        null,
        svg(
            'pattern',
            { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
            svg('rect', { width: 5, height: 5, class: 'hatch-ground' }),
            svg('line', { x1: 0, y1: 0, x2: 0, y2: 5, class: 'hatch-line' }),
        ),
    );
}

/** The nearest place in the direction of an arrow key. */
function neighbour(places, from, key) {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    let best = null;
    let least = Infinity;
    for (const place of places) {
        const along = (place.at[0] - from[0]) * dx + (place.at[1] - from[1]) * dy;
        const across = Math.abs((place.at[0] - from[0]) * dy) + Math.abs((place.at[1] - from[1]) * dx);
        const cost = along + 2 * across;
        if (along > 0.5 && cost < least) [best, least] = [place, cost];
    }
    return best;
}

/**
 * A map for the countries of a world: codes in order; label(n) -> text of a country; onPick(code).
 * draw(width) -> element; paint(colourOf(n)) recolours it; name() spells the labels again; pick(code) marks one.
 */
export function makeMap({ features, codes, label, onPick }) {
    const index = new Map(codes.map((code, n) => [code, n]));
    const tip = h('div', { class: 'tip', hidden: true });
    let colour = () => null;
    let places = [];
    let active = null;
    let picked = null;
    let root = null;

    function point(place, event) {
        if (!place) {
            tip.hidden = true;
            return;
        }
        tip.textContent = place.n === undefined ? `${place.name}: not told apart in this world, part of the rest` : label(place.n);
        tip.hidden = false;
        const box = root.getBoundingClientRect();
        const scale = box.width / root.viewBox.baseVal.width;
        const [x, y] = event ? [event.clientX - box.left, event.clientY - box.top] : place.at.map((value) => value * scale);
        tip.style.left = `${Math.min(Math.max(0, x + 12), Math.max(0, box.width - tip.offsetWidth))}px`;
        tip.style.top = `${y + 16 + tip.offsetHeight > box.height ? y - tip.offsetHeight - 8 : y + 16}px`;
    }

    function mark(place) {
        if (active) active.node.classList.remove('active');
        active = place || null;
        if (!place) return;
        place.node.classList.add('active');
        place.node.parentNode.append(place.node);
        root.setAttribute('aria-activedescendant', place.node.id);
    }

    function activate(place) {
        mark(place);
        point(place);
    }

    function keyed(event) {
        if (event.key === 'Escape') return point(null);
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            if (active) onPick(codes[active.n]);
            return undefined;
        }
        if (!event.key.startsWith('Arrow')) return undefined;
        event.preventDefault();
        const known = places.filter((place) => place.n !== undefined);
        if (!active) return activate(known.find((place) => codes[place.n] === picked) || known[0]);
        return activate(neighbour(known, active.at, event.key) || active);
    }

    function shape(one, path, projection) {
        const n = index.get(one.id);
        const name = one.properties.name;
        const known = n !== undefined;
        const props = known
            ? { id: `map-${one.id}`, role: 'option', 'aria-selected': 'false', 'data-code': one.id, class: 'country' }
            : { class: 'absent' };
        const outline = path(one);
        const small = known && one.properties.at;
        if (!outline && !small) return null;
        const node = svg('g', props, outline && svg('path', { d: outline }));
        const at = one.properties.at ? projection(one.properties.at) : path.centroid(one);
        if (small) node.append(svg('circle', { cx: at[0].toFixed(1), cy: at[1].toFixed(1), r: 4 }));
        return { n, node, name, at, small: Boolean(small) };
    }

    function listen() {
        const placeOf = (event) => {
            const node = event.target.closest('g.country, g.absent');
            return node ? places.find((place) => place.node === node) : null;
        };
        root.addEventListener('pointermove', (event) => point(placeOf(event), event));
        root.addEventListener('pointerleave', () => point(null));
        root.addEventListener('click', (event) => {
            const place = placeOf(event);
            if (place && place.n !== undefined) onPick(codes[place.n]);
        });
        root.addEventListener('keydown', keyed);
        root.addEventListener('blur', () => point(null));
    }

    const map = {
        draw(width) {
            const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(width, FRAME);
            const path = geoPath(projection).digits(1);
            const [[x0, y0], [x1, y1]] = path.bounds(FRAME);
            const height = Math.ceil(y1 - y0);
            projection.translate([projection.translate()[0] - x0 + (width - x1 + x0) / 2, projection.translate()[1] - y0]);
            places = features.map((one) => shape(one, path, projection)).filter(Boolean);
            places.sort((a, b) => a.small - b.small || (a.n !== undefined) - (b.n !== undefined));
            root = svg(
                'svg',
                { class: 'map', viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: 'listbox', 'aria-label': 'Map of the world. Arrow keys go from country to country, Enter opens one.' },
                hatch(),
                svg('path', { class: 'sea', d: path(SPHERE) }),
                svg('g', { role: 'presentation' }, places.map((place) => place.node)),
            );
            const was = active && active.n;
            active = null;
            listen();
            map.paint(colour);
            map.name();
            map.pick(picked);
            mark(places.find((place) => place.n !== undefined && place.n === was));
            return h('div', { class: 'map-frame' }, root, tip);
        },
        paint(colourOf) {
            colour = colourOf;
            for (const { n, node } of places) if (n !== undefined) node.style.fill = colour(n) || '';
        },
        name() {
            for (const { n, node } of places) if (n !== undefined) node.setAttribute('aria-label', label(n));
        },
        pick(code) {
            picked = code;
            for (const { n, node } of places)
                if (n !== undefined) {
                    node.setAttribute('aria-selected', String(codes[n] === code));
                    node.classList.toggle('picked', codes[n] === code);
                    if (codes[n] === code) node.parentNode.append(node);
                }
        },
        /** Codes of the world that the map has no place for. */
        without: () => codes.filter((code) => !features.some((one) => one.id === code)),
    };
    return map;
}
