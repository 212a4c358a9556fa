// A country in detail, as the program gives it: partners and sectors, before and after.

/** {partners: {imports: [by country], ...}, sectors: {output: [by sector], ...}} of a country in a variant's answer. */
export function detailOf(variant, code) {
    return (variant.countries || []).find((one) => one.code === code) || null;
}

/** Sectors that were made out of others, with what is assumed of them: a set of codes. */
export function madeSectors(world) {
    const keys = Object.keys(world.notes || {}).filter((key) => key.startsWith('split_'));
    return new Set(keys.map((key) => key.slice('split_'.length)));
}

/** What a star beside a sector's name means. */
export const STAR = '* made a sector of its own from assumed shares: see the sources';

/** The name of a sector, with a star where much of it is assumed. */
export function sectorName(sector, made) {
    return `${sector.name || sector.code}${made.has(sector.code) ? ' *' : ''}`;
}

/** A change in percent; NaN where there was nothing. */
export function relative(before, after) {
    return before > 0 ? (after / before - 1) * 100 : NaN;
}

/** The largest economies by trade, the given ones first. */
export function largest(json, values, first, count) {
    const codes = json.world.countries.map((country) => country.code);
    const trade = (n) => values.imports_before[n] + values.exports_before[n];
    const order = codes.map((_, n) => n).sort((a, b) => trade(b) - trade(a));
    const named = first.filter((code) => codes.includes(code));
    const others = order.map((n) => codes[n]).filter((code) => !named.includes(code) && code !== 'ROW');
    return [...named, ...others].slice(0, Math.max(count, named.length));
}

/** The name of an economy within a sentence. */
export function article(name) {
    return /^(United |Netherlands|Philippines|Czech Republic|Democratic |Dominican |Central African |Rest of )/.test(name) ? `the ${name.replace(/^Rest/, 'rest')}` : name;
}
