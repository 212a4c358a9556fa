// Which tables are open and how the reader has sorted them, kept in the address: q.tables=trade:change:down,stocks. A name
// alone is a table opened, with a minus one closed that opens by itself; a sort has the key of its column.

const KEY = 'q.tables';
const ESCAPED = /[,:%]/g;

let state = null;

const spell = (text) => text.replace(ESCAPED, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** Says where it is kept: the state of the page. */
export function keepTables(of) {
    state = of;
}

/** Whether a change of these keys is about tables only, which is no question to a view. */
export function onlyTables(changed) {
    return changed.length > 0 && changed.every((key) => key === KEY);
}

function entries() {
    const kept = new Map();
    for (const part of ((state && state.get()[KEY]) || '').split(',').filter(Boolean)) {
        const [name, key, way] = part.replace(/^-/, '').split(':').map((text) => {
            try {
                return decodeURIComponent(text);
            } catch {
                return text;
            }
        });
        kept.set(name, { open: !part.startsWith('-'), sort: key ? { key, down: way !== 'up' } : null });
    }
    return kept;
}

/** What is kept of a table: {open, sort: {key, down} or null}; null for nothing. */
export function keptTable(name) {
    return entries().get(name) || null;
}

/** Keeps it, or forgets it where it is as it is by itself: `usual` says whether it opens by itself. */
export function keepTable(name, { open, sort }, usual = false) {
    if (!state) return;
    const kept = entries();
    kept.delete(name);
    if (open !== usual || (open && sort)) kept.set(name, { open, sort });
    const texts = [...kept].map(([one, { open: shown, sort: order }]) => `${shown ? '' : '-'}${spell(one)}${order ? `:${spell(order.key)}:${order.down ? 'down' : 'up'}` : ''}`);
    state.set({ [KEY]: texts.join(',') }, { quiet: true });
}

/** Calls the listener when an address brings other tables; returns how to stop. */
export function watchTables(listener) {
    return state ? state.subscribe((values, changed) => changed.includes(KEY) && listener()) : () => null;
}
