// Numbers in the reader's locale, for the page. Files get plain numbers.

const cache = new Map();

function format(value, options) {
    if (value === null || value === undefined || !Number.isFinite(value)) return '–';
    const key = JSON.stringify(options);
    if (!cache.has(key)) cache.set(key, new Intl.NumberFormat(undefined, options));
    return cache.get(key).format(value).replace(/^-/, '\u2212');
}

/** Digits after the point so that about three figures show; `scale` is the size they should fit (default: the value). */
export function digits(value, scale = Math.abs(value)) {
    if (!(scale > 0)) return 1;
    return Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(scale))));
}

const fixed = (count) => ({ minimumFractionDigits: count, maximumFractionDigits: count });

/** A change in percent with its sign: +0.41 %. `value` is in percent. */
export function percent(value, count = digits(value)) {
    return `${signed(value, count)}\u00a0%`; // the sign stays with its number
}

/** A difference in percentage points: +12.5 points. */
export function points(value, count = 1) {
    return `${signed(value, count)}\u00a0points`;
}

/** A rate, such as a tariff, from its fraction: 0.325 is 32.5 %. */
export function rate(fraction, count = 1) {
    return `${format(fraction * 100, fixed(count))}\u00a0%`;
}

/** Money in billions of USD from millions: 532.2. The unit stands beside it. */
export function money(millions, count = digits(millions / 1000)) {
    return format(millions / 1000, fixed(count));
}

/** A number with its sign; nothing has one. */
export function signed(value, count = digits(value)) {
    return format(value, { ...fixed(count), signDisplay: 'exceptZero' });
}

/** A plain number. */
export function plain(value, count = digits(value)) {
    return format(value, fixed(count));
}

/** A setting with the digits it has: 0.5, 1.75. */
export function exact(value) {
    return typeof value === 'number' ? format(value, { maximumFractionDigits: 6 }) : String(value);
}

const places = (value) => (String(Number(value.toPrecision(12))).split('.')[1] || '').length;

/** A tick of an axis, as Plot asks for it: all of them have the digits after the point that one of them needs. */
export function tick(value, k, values = [value]) {
    return format(value, fixed(Math.min(6, Math.max(...values.map(places)))));
}

/** A small number such as a residual: 5.8e-12. */
export function tiny(value) {
    return value === null || value === undefined ? '–' : value.toExponential(1);
}
