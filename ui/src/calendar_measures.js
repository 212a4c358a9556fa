// The measures of a schedule made ready to be drawn: when each begins and ends, what takes its place, who it is about.

import { addDays, readDay, writeDay } from './calendar_days.js';
import { plain } from './number.js';

const share = (value) => `${plain(100 * value, value * 100 === Math.round(value * 100) ? 0 : 1)} %`;

const NOUNS = {
    tariff: 'duty',
    'tariff-table': 'duty by table',
    'export-tax': 'export tax',
    iceberg: 'trade cost',
    quota: 'quota',
    ban: 'ban',
    'import-quota': 'import quota',
    'minimum-price': 'minimum price',
    'tariff-rate-quota': 'tariff-rate quota',
    licence: 'licence',
};

/** What a measure does, in a word or two: "+125 %", "quota 70 %". */
export function sizeOf(measure) {
    if (measure.stacks === 'exempt') return measure.share < 1 ? `exempt ${share(measure.share)}` : 'exempt';
    if (measure.kind === 'licence') return `licence, ${share(measure.approval)} approved`;
    if (measure.level !== null) return `${NOUNS[measure.kind]} ${share(measure.level)}`;
    if (measure.rate === null) return NOUNS[measure.kind];
    const sign = measure.basis === 'add' && measure.rate > 0 ? '+' : '';
    return measure.basis === 'multiply' ? `× ${plain(measure.rate, 2)}` : `${sign}${share(measure.rate)}`;
}

/** The codes and words a list stands for, groups of the scenario opened. `all` is null in the answer's `only`. */
function expand(names, groups) {
    const found = new Set();
    let all = false;
    for (const name of names) {
        const group = groups[name];
        if (['all', '*', 'world'].includes(name) || (group && group.all)) all = true;
        else if (group) group.members.forEach((member) => found.add(member));
        else found.add(name);
    }
    const except = new Set(names.flatMap((name) => (groups[name] ? groups[name].except : [])));
    return { all, found, except };
}

const same = (a, b) => a.length === b.length && a.every((one, k) => one === b[k]);

/** Whether a later measure is on all that an earlier one is on, as far as their words show. */
function covers(later, earlier, groups) {
    const [wide, narrow] = [expand(later.on, groups), expand(earlier.on, groups)];
    if (!same(later.by, earlier.by) || !same(later.sectors, earlier.sectors) || !same(later.except_sectors, earlier.except_sectors)) return false;
    if (later.except.length > 0 && !same(later.except, earlier.except)) return false;
    if (narrow.all) return same(later.on, earlier.on);
    return [...narrow.found].every((name) => (wide.all && !wide.except.has(name)) || wide.found.has(name));
}

/** Measures with dates as Date, and `end`: the end stated, or the day another takes their whole place (`replaced` says which). */
export function readMeasures(schedule, moves) {
    const measures = schedule.measures.map((one) => {
        const dates = {};
        for (const key of ['announced', 'legal', 'effective', 'until']) dates[key] = readDay(one[key]);
        for (const move of moves) if (move.measure === one.id) dates[move.date] = move.to;
        const start = dates.effective || dates.legal;
        return { ...one, ...dates, agreed: readDay(one.until), start, size: sizeOf(one) };
    });
    for (const one of measures) {
        const later = measures
            .filter((other) => other.stacks === 'replaces' && other.active && other.start && one.start && other.stacks_on.includes(one.id) && covers(other, one, schedule.groups))
            .sort((a, b) => a.start - b.start)[0];
        const replaced = later && !(one.until && one.until <= later.start) ? later : null;
        one.replaced = replaced ? replaced.id : null;
        one.end = replaced ? replaced.start : one.until;
    }
    return measures.filter((one) => one.announced || one.start);
}

/** Whether the duty is one of several of the same days, kind and sides. */
function likeness(one) {
    const days = [one.announced, one.start, one.end, one.until].map((date) => (date ? date.getTime() : ''));
    return [one.by.join(), one.kind, one.stacks === 'exempt', one.active, one.replaced ? 'replaced' : '', ...days].join('|');
}

/** One entry for measures that begin and end together: {measures, size, start, end, ...}. */
export function gather(measures) {
    const all = new Map();
    for (const one of measures) {
        const key = likeness(one);
        if (all.has(key)) all.get(key).measures.push(one);
        else all.set(key, { ...one, measures: [one] });
    }
    return [...all.values()];
}

/** What an entry is called on the picture. */
export function labelOf(entry) {
    const [first, ...more] = entry.measures;
    const sizes = [...new Set(entry.measures.map((one) => one.size))];
    const size = sizes.length > 2 ? '' : `${sizes.join(', ')} `;
    return `${size}${first.id || first.text}${more.length ? ` and ${more.length} more` : ''}`;
}

const CHINA = ['CHN', 'China-and-Hong-Kong'];

/** The lane an entry is in: who takes it, what it is, on whom. */
export function laneOf(entry, nameOf) {
    const by = entry.by.map(nameOf).join(', ');
    if (entry.stacks === 'exempt') return `${by}: what is exempt`;
    if (entry.kind === 'licence') return `${by}: export licences`;
    if (entry.export) return `${by}: export controls`;
    if (entry.on.every((name) => CHINA.includes(name))) return `${by}: duties on ${nameOf('CHN')}`;
    return `${by}: duties on ${entry.on.length === 1 && entry.on[0] === 'USA' ? nameOf('USA') : 'others'}`;
}

/** Ends that can be moved: [{day, measures}], of measures that end on the same day, the most measures first. */
export function endsOf(measures) {
    const ends = new Map();
    for (const one of measures.filter((measure) => measure.id && measure.active && measure.agreed && measure.start)) {
        const key = writeDay(one.agreed);
        if (!ends.has(key)) ends.set(key, { key, agreed: one.agreed, measures: [], now: one.until, start: one.start, extended: one.extended });
        const end = ends.get(key);
        end.measures.push(one.id);
        end.start = end.start > one.start ? end.start : one.start;
    }
    return [...ends.values()].map((end) => ({ ...end, first: addDays(end.start, 1) })).sort((a, b) => b.measures.length - a.measures.length || b.agreed - a.agreed);
}

/** What an end is called: "the truce" when its measures say so. */
export function nameOfEnd(end) {
    if (end.measures.every((id) => /truce/.test(id))) return 'the truce';
    if (end.measures.every((id) => /pause/.test(id))) return 'the pause for other partners';
    return end.measures.join(', ');
}
