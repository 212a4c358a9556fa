// What the chart of months can show: where its numbers are in the program's answer, and on which basis.

import { plain } from './number.js';

const BILLION = 1000; // of the million USD in the answer

/** Bases: how a month is told. */
export const BASES = {
    level: { label: 'Level' },
    index: { label: 'Index' },
    month: { label: 'On the month before', back: 1 },
    year: { label: 'On the year before', back: 12 },
};

const MONEY = { kind: 'money', unit: 'bn USD a month' };
const PERCENT = { kind: 'percent', unit: 'percent', says: 'change against the base year' };
const RATE = { kind: 'rate', unit: 'percent' };

/** The series by key: label; of, what it belongs to; get(answer, place) -> [by month]; base(answer, place). */
export const SERIES = {
    goods: { label: 'Goods bought', of: 'pair', ...MONEY, says: 'customs value, before duty', key: 'goods', observed: { 'USA<-CHN': ['us-imports-china', 'china-exports-usa'] } },
    purchases: { label: 'All purchases', of: 'pair', ...MONEY, says: 'goods and services at customs value, before duty', key: 'purchases' },
    use: { label: 'Use of what is bought', of: 'pair', ...MONEY, says: 'purchases less what goes to stock, customs value', key: 'use', baseKey: 'purchases' },
    duty: { label: 'Duty over goods bought', of: 'pair', ...RATE, says: 'duty by law; observed: duty collected', observed: { 'USA<-CHN': ['us-rate-china'] } },
    imports: { label: 'Imports', of: 'country', ...MONEY, says: 'goods and services at customs value' },
    exports: { label: 'Exports', of: 'country', ...MONEY, says: 'goods and services at customs value' },
    duties: { label: 'Duties collected', of: 'country', ...MONEY, says: 'import duty revenue by law' },
    output_volume: { label: 'Output', of: 'country', ...PERCENT, says: 'gross output at constant prices, against the base year' },
    real_income: { label: 'Real income', of: 'country', ...PERCENT, says: 'borrowing apart; a month’s real income is not welfare' },
    import_price: { label: 'Prices of imports at the border', of: 'country', ...PERCENT, says: 'before duty, against the base year' },
    retail_price: { label: 'Consumer prices in shops', of: 'country', ...PERCENT, says: 'they follow users’ prices with a lag; against the base year' },
    employment: { label: 'Employment', of: 'country', ...PERCENT },
    sector_volume: { label: 'Output of a sector', of: 'sector', ...PERCENT, says: 'at constant prices, against the base year' },
    sector_export_volume: { label: 'Exports of a sector', of: 'sector', ...PERCENT, says: 'at base prices, against the base year' },
    producer_price: { label: 'Producer prices of a sector', of: 'sector', ...PERCENT },
    user_price: { label: 'Users’ prices of a sector', of: 'sector', ...PERCENT, says: 'duties and premia included, against the base year' },
};

/** The groups of the chooser. */
export const GROUPS = [
    { of: 'pair', label: 'Between two economies' },
    { of: 'country', label: 'One economy' },
    { of: 'sector', label: 'A sector of an economy' },
    { of: 'observed', label: 'What was reported' },
];

/** The series of a key: one of the above, or "r:NAME", one that was reported. */
export function seriesOf(key, answer) {
    if (key && key.startsWith('r:')) {
        const row = answer.observed.find((one) => one.series === key.slice(2));
        if (row) return observedSeries(row);
    }
    return { key: SERIES[key] ? key : 'goods', ...(SERIES[key] || SERIES.goods) };
}

/** A reported series: its model is in the answer. */
export function observedSeries(row) {
    const rate = row.change_unit === 'points';
    const volume = row.unit === 'tonnes';
    const kind = rate ? 'rate' : row.unit === 'percent' ? 'percent' : 'money';
    return {
        key: `r:${row.series}`,
        label: row.text.charAt(0).toUpperCase() + row.text.slice(1),
        of: 'observed',
        kind,
        unit: kind === 'money' ? (volume ? 'bn USD a month at base prices' : 'bn USD a month') : 'percent',
        says: row.model_basis,
        volume,
        row,
    };
}

const pairOf = (answer, place) => answer.pairs.find((pair) => pair.importer === place.buyer && pair.exporter === place.seller);
const sectorOf = (answer, place) => (answer.sectors || []).find((one) => one.country === place.country && one.sector === place.sector);

/** Levels by month and the base month, in the series' unit; null where the answer has none. */
function levels(series, answer, place) {
    const scaled = (list, by) => list.map((value) => (value === null ? NaN : value / by));
    if (series.of === 'observed') {
        const row = answer.observed.find((one) => one.series === series.row.series);
        const by = series.kind === 'money' ? BILLION : 1;
        return row && { values: scaled(row.model.level, by), base: row.base / by };
    }
    if (series.of === 'pair') {
        const pair = pairOf(answer, place);
        if (!pair) return null;
        if (series.key === 'duty') return { values: pair.duties.map((duty, t) => (100 * duty) / pair.goods[t]), base: (100 * pair.base.duties) / pair.base.goods };
        return { values: scaled(pair[series.key], BILLION), base: pair.base[series.baseKey || series.key] / BILLION };
    }
    const entry = series.of === 'sector' ? sectorOf(answer, place) : answer.countries[place.country];
    if (!entry || !entry[series.key]) return null;
    if (series.kind === 'money') return { values: scaled(entry[series.key], BILLION), base: answer.base[place.country][series.key] / BILLION };
    return { values: scaled(entry[series.key], 1), base: 0 };
}

/** A change from `before` to `now`: percent, or points of a rate. */
export function changeOf(kind, now, before) {
    if (kind === 'rate') return now - before;
    if (kind === 'percent') return 100 * ((1 + now / 100) / (1 + before / 100) - 1);
    return 100 * (now / before - 1);
}

/** The series by month on a basis, or null. Months before the path are the base year's. */
export function monthsOf(series, answer, place, basis) {
    const found = levels(series, answer, place);
    if (!found) return null;
    const { values, base } = found;
    const { back } = BASES[basis];
    if (basis === 'level') return values;
    if (basis === 'index') return values.map((value) => (100 * value) / base);
    return values.map((value, t) => changeOf(series.kind, value, t >= back ? values[t - back] : base));
}

/** Whether a series can be told on a basis. */
export function hasBasis(series, basis) {
    return basis !== 'index' || series.kind === 'money';
}

/** The unit on a basis. */
export function unitOf(series, basis) {
    if (basis === 'level') return series.unit;
    if (basis === 'index') return 'base = 100';
    return series.kind === 'rate' ? 'percentage points' : 'percent';
}

/** What the basis is, in words. */
export function basisWords(series, basis) {
    const base = {
        level: '',
        index: 'a month of the base year is 100; observed: the mean of the year before the path is 100',
        month: 'change on the month before',
        year: 'change on the same month a year before; months before the path are the base year’s',
    }[basis];
    return [series.says, base].filter(Boolean).join('; ');
}

const NAMES = { level: ['level', 'collected'], index: ['level'], month: ['month on month'], year: ['year on year'] };

/** Reported points on a basis: [{label, points: [{t, value, derived, source}]}]. */
export function pointsOf(series, answer, place, basis) {
    const names = series.of === 'observed' ? [series.row.series] : (series.observed && series.observed[`${place.buyer}<-${place.seller}`]) || [];
    return names.map((name) => answer.observed.find((one) => one.series === name)).filter(Boolean).map((row) => observedPoints(row, answer, basis)).filter((one) => one.points.length);
}

const WHO = { 'us-imports': 'Observed, US Census', 'us-rate': 'Observed, duty collected', 'china-exports': 'Observed, Chinese customs', 'magnet-exports': 'Observed, Chinese customs', china: 'Observed, reported' };

function observedPoints(row, answer, basis) {
    const money = row.unit === 'million USD';
    const comparable = basis !== 'level' || row.unit !== 'tonnes';
    const scaled = (value) => (basis === 'index' ? (100 * value) / row.observed_base : basis === 'level' && money ? value / BILLION : value);
    const who = Object.keys(WHO).find((start) => row.series.startsWith(start));
    const months = answer.months.map((one) => one.month);
    const points = row.points.filter((point) => comparable && NAMES[basis].includes(point.basis) && (basis !== 'index' || row.observed_base)).map((point) => ({ t: months.indexOf(point.month), value: scaled(point.value), derived: point.derived, source: point.source }));
    return { label: WHO[who] || 'Observed', points, row };
}

/** What a reader must know of the points. */
export function pointNote(points, basis, kind) {
    const derived = points.some((one) => one.points.some((point) => point.derived));
    const parts = [];
    if (derived) parts.push('Hollow points are derived from the levels of two months; the others are as reported.');
    if (kind === 'rate') parts.push('The path has the duty of the law. Customs collect less: goods already on the water, refunds, and exemptions finer than these sectors.');
    else if (basis === 'level') parts.push('The model’s months are those of its base year, without seasons; what was observed has both.');
    if (basis === 'index') parts.push(...points.map((one) => `${one.label}: 100 is ${plain(one.row.observed_base)} ${one.row.unit}, the mean of ${one.row.observed_base_months} months before the path.`));
    return points.length ? parts.join(' ') : '';
}
