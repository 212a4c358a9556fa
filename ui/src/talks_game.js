// What a game holds, and a package made by hand: which instruments are set, and to what.

/** The instruments as entries of the file; an entry split by sector or partner is one slider. */
export function families(json) {
    const byName = new Map();
    for (const one of json.instruments) {
        const family = byName.get(one.family);
        if (!family) byName.set(one.family, { ...one, name: one.family, parts: [one] });
        else family.parts.push(one);
    }
    return [...byName.values()].map((family) => {
        const trade = family.parts.reduce((sum, part) => sum + part.trade, 0);
        const mean = (key) => family.parts.reduce((sum, part) => sum + part[key] * part.trade, 0) / trade;
        return { ...family, trade, today: mean('today'), stands: mean('stands'), isLevel: family.unit.startsWith('share') };
    });
}

/** Without the noise of binary fractions: -0.3 is -30, not -30.000000000000004. */
export function toPercent(fraction) {
    return Number((100 * fraction).toPrecision(12));
}

/** Settings in the address, in percent: "us-tariff:-10,cn-magnets:100". Returns a Map from instrument to fraction. */
export function readSettings(text) {
    const settings = new Map();
    for (const part of (text || '').split(',')) {
        const at = part.lastIndexOf(':');
        const value = Number(part.slice(at + 1));
        if (at > 0 && part.slice(at + 1).trim() !== '' && Number.isFinite(value)) settings.set(part.slice(0, at), value / 100);
    }
    return settings;
}

export function writeSettings(settings) {
    return [...settings].map(([name, value]) => `${name}:${toPercent(value)}`).join(',');
}

/** What the program is asked: ["us-tariff=-10%", ...]. */
export function settingParams(settings) {
    return [...settings].map(([name, value]) => `${name}=${toPercent(value)}%`);
}

/** What a deal sets, entries whose parts are at one level told once. */
export function settingsOf(json, deal) {
    const settings = new Map();
    for (const family of families(json)) {
        const values = family.parts.map((part) => deal.settings[part.name]);
        const set = values.filter((value) => value !== null && value !== undefined);
        if (set.length === values.length && set.every((value) => value === set[0])) settings.set(family.name, set[0]);
        else family.parts.forEach((part, k) => values[k] !== null && values[k] !== undefined && settings.set(part.name, values[k]));
    }
    return settings;
}

/** Where an entry's slider stands: its setting, the mean of its parts' settings, or today's. */
export function levelOf(family, settings) {
    if (settings.has(family.name)) return { value: settings.get(family.name), set: true };
    const parts = family.parts.filter((part) => settings.has(part.name));
    if (!parts.length) return { value: family.today, set: false };
    const sum = family.parts.reduce((total, part) => total + part.trade * (settings.get(part.name) ?? part.today), 0);
    return { value: sum / family.trade, set: true, mixed: true };
}

/** Settings with one entry moved; its parts move with it. */
export function withLevel(family, settings, value) {
    const next = new Map(settings);
    for (const part of family.parts) next.delete(part.name);
    next.delete(family.name);
    if (value !== null) next.set(family.name, value);
    return next;
}

/** Whether a package can be made again by setting instruments alone. */
export function isPlain(json, name) {
    const one = json.packages.find((entry) => entry.name === name);
    return !one || (one.variant === json.today.name && Object.keys(one.transfer).length === 0);
}

/** What one player gets in a deal. */
export function payoffOf(deal, player) {
    return deal.players.find((one) => one.player === player);
}

/** A gain in percent of a player's income, in million USD a year; null where payoffs are weighted by sector. */
export function moneyOf(json, player, gain) {
    const one = json.players.find((entry) => entry.name === player);
    return one.real_income_only && Number.isFinite(gain) ? (gain / 100) * one.income : null;
}

export function codesOfPlayers(json) {
    return new Set(json.players.flatMap((one) => one.members));
}
