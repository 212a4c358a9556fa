// Colours that people with any colour vision tell apart, in light and dark. Blue is more or gain, orange less or loss, as in
// the terminal; grey in the middle is nothing. Between stops colours are mixed in Oklab, so that equal steps look equal.

const STOPS = {
    light: {
        diverging: ['#7a2e00', '#b4500a', '#de8a48', '#f1c9a5', '#eeece7', '#b5d0ea', '#6fa3d6', '#2f6fb3', '#0b3f78'],
        sequential: ['#eeece7', '#c9dbe4', '#93b9d4', '#5b90bd', '#2c659c', '#0b3f78'],
    },
    dark: {
        diverging: ['#ffc38f', '#f0913f', '#b9651f', '#6e4220', '#35363a', '#254a70', '#3475b4', '#5fa3e8', '#a9d2ff'],
        sequential: ['#35363a', '#2b4a66', '#32699a', '#4089c6', '#6eb0ea', '#b4d9ff'],
    },
};

const SERIES = {
    light: ['#1f64a8', '#b4500a', '#2a7a4f', '#8a3f8f', '#6b6256', '#a8324a', '#22787f', '#7a6a10'],
    dark: ['#6fb0f2', '#f0964a', '#66c48e', '#cf8bd6', '#b9b2a6', '#f08ba0', '#62c3cb', '#d6bf4a'],
};

function linear(channel) {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function gamma(value) {
    const channel = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, channel)));
}

function toOklab(hex) {
    const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16)));
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
        0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
}

function fromOklab([light, a, b]) {
    const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const channels = [
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    return `#${channels.map((value) => gamma(value).toString(16).padStart(2, '0')).join('')}`;
}

const STEPS = 256;

function ramp(stops) {
    const lab = stops.map(toOklab);
    return Array.from({ length: STEPS + 1 }, (_, step) => {
        const at = (step / STEPS) * (lab.length - 1);
        const from = Math.min(Math.floor(at), lab.length - 2);
        return fromOklab(lab[from].map((value, k) => value + (at - from) * (lab[from + 1][k] - value)));
    });
}

const ramps = {};

function rampOf(kind, dark) {
    const key = `${kind} ${dark}`;
    ramps[key] = ramps[key] || ramp(STOPS[dark ? 'dark' : 'light'][kind]);
    return ramps[key];
}

const at = (colours, share) => colours[Math.round(STEPS * Math.min(1, Math.max(0, share)))];

/** A function from a number to its colour, centred on zero: -limit is full orange, +limit full blue. */
export function diverging(limit, dark) {
    const colours = rampOf('diverging', dark);
    return (value) => (Number.isFinite(value) ? at(colours, 0.5 + value / (2 * (limit || 1))) : null);
}

/** The same from nothing to `limit`. */
export function sequential(limit, dark) {
    const colours = rampOf('sequential', dark);
    return (value) => (Number.isFinite(value) ? at(colours, value / (limit || 1)) : null);
}

/** Colours of series, the first ones first; each has a contrast of at least 3 to the page. */
export function seriesColours(dark) {
    return SERIES[dark ? 'dark' : 'light'];
}

/** Black or white, whichever is read better on the colour. */
export function inkOn(hex) {
    const [r, g, b] = [1, 3, 5].map((k) => linear(parseInt(hex.slice(k, k + 2), 16)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}

/** The next round number at or above `value`: 1, 2 or 5 times a power of ten. It is what a legend ends at. */
export function roundLimit(value) {
    if (!(value > 0)) return 0;
    const power = 10 ** Math.floor(Math.log10(value));
    const step = [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-12));
    return step * power;
}

/**
 * Where a scale ends: a round number that all but the few largest of the changes fit in (`share` of them), at least `least`, so that
 * what is only rounding has no colour.
 */
export function scaleLimit(numbers, { share = 0.95, least = 0.01 } = {}) {
    const sizes = numbers.filter(Number.isFinite).map(Math.abs).sort((a, b) => a - b);
    return Math.max(least, roundLimit(sizes[Math.floor(sizes.length * share)] || 0));
}
