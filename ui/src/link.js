// What an address asks for and is not there: told, and not passed over.

import { h } from './dom.js';

const list = (names) => (names.length > 12 ? '' : `; known are ${names.join(', ')}`);

/**
 * A sentence for each key of the state that names what is not there. `checks`: [{key, what, names}], where names are those that
 * may be, or a function that says of each part of the value (they are separated by `by`) whether it can be read.
 */
export function unread(state, checks) {
    return checks.flatMap(({ key, what, names, by = null }) => {
        if (!state[key]) return [];
        const parts = by ? state[key].split(by).filter(Boolean) : [state[key]];
        const known = typeof names === 'function' ? names : (part) => names.includes(part);
        return parts.filter((part) => !known(part)).map((part) => `The address asks for ${what} ‘${part}’, which is not known${Array.isArray(names) ? list(names) : ''}.`);
    });
}

/** The sentences in a box, or nothing. */
export function unreadBox(sentences) {
    return sentences.length > 0 && h('div', { class: 'problem', role: 'status' }, sentences.map((text) => h('p', null, `${text} What is shown is without it.`)));
}
