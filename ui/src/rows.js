// The reader's own measures as rows with a slider each, and the form that adds one.

import { choice, h, replace, speak } from './dom.js';
import { KINDS, WAYS, describe, sameFlow } from './measures.js';
import { rate } from './number.js';

const GROUPS = ['all', 'EU', 'ASEAN', 'USMCA', 'G7', 'G20', 'BRICS', 'euro-area', 'EFTA', 'Mercosur', 'CPTPP', 'RCEP'];

/** A slider with its number field for one measure; `standing` is the rate that stands while it is not moved, in percent. */
function slider({ measure, own, standing, nameOf, onMove, onRelease, onRemove }) {
    const label = describe(measure, nameOf);
    const most = Math.max(KINDS[measure.kind].most, Math.ceil(measure.rate / 50) * 50);
    const start = own ? measure.rate : standing ?? 0;
    const text = (value) => `${WAYS[measure.way]} ${rate(value / 100, 0)}`;
    const range = h('input', { type: 'range', min: Math.min(0, measure.rate), max: most, step: 1, value: start, 'aria-label': label });
    const number = h('input', { type: 'number', min: -99, max: 500, step: 'any', value: own ? measure.rate : '', placeholder: Math.round(start), 'aria-label': `${label}, percent` });
    const state = h('p', { class: 'note' });
    const remove = h('button', { class: 'quiet', hidden: !own, 'aria-label': `Reset: ${label}`, on: { click: () => onRemove(measure) } }, 'Reset');

    function tell(value, moved) {
        const average = standing === null || standing === undefined ? 'what stands' : `${rate(standing / 100, 1)} on average`;
        state.textContent = moved ? `${text(value)} instead of ${average}` : `as it stands: ${average}`;
        range.setAttribute('aria-valuetext', state.textContent);
        remove.hidden = !moved;
    }

    function moved(value, released) {
        if (!Number.isFinite(value)) return;
        tell(value, true);
        (released ? onRelease : onMove)({ ...measure, rate: value });
    }

    range.addEventListener('input', () => {
        number.value = range.value;
        moved(Number(range.value), false);
    });
    range.addEventListener('change', () => moved(Number(range.value), true));
    number.addEventListener('change', () => {
        if (number.value === '') return;
        range.value = number.value;
        moved(Number(number.value), true);
    });
    tell(start, own);
    return h(
        'div',
        { class: 'measure', dataset: { flow: `${measure.kind}:${measure.by}:${measure.on}` } },
        h('p', { class: 'name' }, label),
        h('div', { class: 'slide' }, range, number, h('span', { 'aria-hidden': 'true' }, '%')),
        h('div', { class: 'foot' }, state, remove),
    );
}

/** The form that adds a measure. */
function form({ countries, sectors, onAdd }) {
    const places = [...countries.map((country) => ({ value: country.code, label: country.name || country.code })), ...GROUPS.map((group) => ({ value: group, label: group === 'all' ? 'everybody' : group }))];
    const codes = countries.map((country) => country.code);
    const draft = { kind: 'tariff', by: codes.includes('USA') ? 'USA' : codes[0], on: 'EU', sectors: '', way: '=', rate: 10 };
    const sectorList = [{ value: '', label: 'all goods' }, ...sectors.map((sector) => ({ value: sector.code, label: sector.name || sector.code }))];
    const sides = h('div', { class: 'pair' });

    function drawSides() {
        const buys = draft.kind !== 'export-tax';
        replace(sides, choice(buys ? 'Buyer' : 'Seller', places, draft.by, (value) => (draft.by = value)), choice(buys ? 'Seller' : 'Buyer', places, draft.on, (value) => (draft.on = value)));
    }

    const list = (object, pick) => Object.keys(object).map((key) => ({ value: key, label: pick(object[key]) }));
    const number = h('input', { type: 'number', min: -99, max: 500, step: 'any', value: draft.rate, required: true });
    const body = h(
        'form',
        { class: 'add' },
        choice('Kind', list(KINDS, (kind) => kind.label), draft.kind, (value) => {
            draft.kind = value;
            drawSides();
        }),
        sides,
        choice('Goods', sectorList, draft.sectors, (value) => (draft.sectors = value)),
        h('div', { class: 'pair' }, choice('Rate', list(WAYS, (way) => way), draft.way, (value) => (draft.way = value)), h('label', { class: 'field' }, h('span', null, 'Percent'), number)),
        h('button', { class: 'main' }, 'Add this measure'),
    );
    drawSides();
    body.addEventListener('submit', (event) => {
        event.preventDefault();
        onAdd({ ...draft, rate: Number(number.value) });
        speak('Measure added');
    });
    return h('details', { class: 'more' }, h('summary', null, 'Add a measure of your own'), body);
}

/**
 * The panel of measures. show({measures, suggestions: [{measure, standing}], countries, sectors}) draws it; onMove(measures)
 * while a slider moves, onRelease(measures) when it is let go or a measure is added or taken away.
 */
export function measurePanel({ onMove, onRelease }) {
    const list = h('div', { class: 'measures' });
    const place = h('div');
    let now = { measures: [], suggestions: [] };
    let adder = null;

    const without = (measure) => now.measures.filter((one) => !sameFlow(one, measure));
    const withOne = (measure) => {
        const at = now.measures.findIndex((one) => sameFlow(one, measure));
        return at < 0 ? [...now.measures, measure] : now.measures.map((one, k) => (k === at ? measure : one));
    };

    function rowOf(measure, own, standing, nameOf) {
        return slider({
            measure,
            own,
            standing,
            nameOf,
            onMove: (next) => onMove(withOne(next)),
            onRelease: (next) => onRelease(withOne(next)),
            onRemove: (gone) => onRelease(without(gone)),
        });
    }

    function show(next) {
        const rebuild = !adder || next.world !== now.world;
        now = next;
        const nameOf = (code) => (next.countries.find((country) => country.code === code) || {}).name || (code === 'all' ? 'everybody' : code);
        const offered = next.suggestions.map(({ measure, standing }) => {
            const mine = next.measures.find((one) => sameFlow(one, measure));
            return rowOf(mine || measure, Boolean(mine), standing, nameOf);
        });
        const others = next.measures.filter((one) => !next.suggestions.some(({ measure }) => sameFlow(one, measure)));
        replace(list, offered, others.map((one) => rowOf(one, true, null, nameOf)));
        if (!rebuild) return;
        adder = form({ countries: next.countries, sectors: next.sectors, onAdd: (measure) => onRelease(withOne(measure)) });
        replace(place, adder);
    }

    return { element: h('div', null, list, place), show };
}
