// Parts of a view that are asked for when they come into sight, and again when the question has changed.

import { h, problem, replace } from './dom.js';

/**
 * A part with a heading: load(question) is called when it is in sight and the question is new; what it throws is shown in
 * place. show(question, key) says what is looked at; reach() goes there.
 */
export function lazyPart(title, load) {
    const place = h('div', { class: 'part-body' }, h('p', { class: 'waiting' }, 'Asking the program …'));
    const trouble = h('div');
    const heading = h('h2', { tabindex: '-1' }, title);
    const element = h('section', { class: 'part' }, heading, trouble, place);
    let wanted = null;
    let done = null;
    let visible = false;

    async function go() {
        if (!visible || !wanted || done === wanted.key) return;
        const { question, key } = wanted;
        done = key;
        try {
            await load(question, place, () => wanted.key === key);
            if (wanted.key === key) replace(trouble);
        } catch (error) {
            if (done === key) done = null;
            if (error.name === 'AbortError' || error.gone || wanted.key !== key) return;
            replace(trouble, problem(error));
        }
    }

    new IntersectionObserver(
        (entries) => {
            visible = entries.some((entry) => entry.isIntersecting);
            go();
        },
        { rootMargin: '300px' },
    ).observe(element);

    return {
        element,
        show(question, key) {
            wanted = { question, key };
            go();
        },
        /** Brings the reader to it: to its heading, from where one reads on. */
        reach() {
            heading.focus({ preventScroll: true });
            element.scrollIntoView({ block: 'start' });
        },
    };
}
