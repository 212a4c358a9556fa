// What is looked at, kept in the address, so that a link or the back button brings it again.
// Keys: tab, scenario, variant, world, measure, country, and `q.NAME` for what belongs to one tab.

function read(search) {
    const entries = {};
    for (const [key, value] of new URLSearchParams(search)) entries[key] = value;
    return entries;
}

function write(values) {
    const pairs = Object.keys(values)
        .filter((key) => values[key] !== null && values[key] !== undefined && values[key] !== '')
        .map((key) => [key, values[key]]);
    const text = new URLSearchParams(pairs).toString();
    // What a query may hold as it is stays readable.
    return text.replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%3D/g, '=').replace(/%2F/g, '/');
}

/**
 * The state of a page: get() gives an object of texts; set(patch, {quiet}) changes keys (null takes one away) and tells
 * subscribers (state, changed keys). With quiet the step is not one that the back button goes back to.
 */
export function createState(place = window.location, past = window.history) {
    const listeners = new Set();
    let values = read(place.search);

    const tell = (changed) => listeners.forEach((listener) => listener({ ...values }, changed));

    window.addEventListener('popstate', () => {
        const before = values;
        values = read(place.search);
        const keys = new Set([...Object.keys(before), ...Object.keys(values)]);
        tell([...keys].filter((key) => before[key] !== values[key]));
    });

    return {
        get: () => ({ ...values }),
        set(patch, { quiet = false } = {}) {
            const changed = Object.keys(patch).filter((key) => (patch[key] ?? '') !== (values[key] ?? ''));
            if (changed.length === 0) return;
            for (const key of changed) {
                if (patch[key] === null || patch[key] === undefined || patch[key] === '') delete values[key];
                else values[key] = String(patch[key]);
            }
            const query = write(values);
            past[quiet ? 'replaceState' : 'pushState'](null, '', query ? `?${query}` : place.pathname);
            tell(changed);
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}
