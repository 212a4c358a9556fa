// Days and months, counted in UTC and told in the page's language.

const DAY = 86400000;

/** Months have names, and those of the page are English; the order and the digits are the reader's where that is English too. */
const LANGUAGE = /^en\b/.test(navigator.language) ? undefined : 'en-GB';
const formats = {};

function format(date, options) {
    const key = JSON.stringify(options);
    formats[key] = formats[key] || new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone: 'UTC' });
    return formats[key].format(date);
}

/** The date of "2025-08-12" or "2025-08" (its first day); null for none. */
export function readDay(text) {
    const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text || '');
    if (!match) return null;
    const date = new Date(Date.UTC(match[1], match[2] - 1, match[3] || 1));
    return date.getUTCDate() === Number(match[3] || 1) ? date : null;
}

/** "2025-08-12", as the program writes it. */
export function writeDay(date) {
    return date.toISOString().slice(0, 10);
}

/** Days from one date to another. */
export function daysBetween(from, to) {
    return Math.round((to - from) / DAY);
}

/** The date so many days later. */
export function addDays(date, days) {
    return new Date(date.getTime() + days * DAY);
}

/** The first day of the month so many months later. */
export function addMonths(date, months) {
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
}

/** A day in words: 12 August 2025. */
export function sayDay(date) {
    return date ? format(date, { day: 'numeric', month: 'long', year: 'numeric' }) : 'never';
}

/** The same, short: 12 Aug 2025. */
export function sayShortDay(date) {
    return date ? format(date, { day: 'numeric', month: 'short', year: 'numeric' }) : 'never';
}

/** A month in words: August 2025. */
export function sayMonth(date) {
    return format(date, { month: 'long', year: 'numeric' });
}

/** A tick of a time axis: the month, with the year under January and the first tick. */
export function tickMonth(date, first) {
    const month = format(date, { month: 'short' });
    return first || date.getUTCMonth() === 0 ? `${month}\n${date.getUTCFullYear()}` : month;
}
