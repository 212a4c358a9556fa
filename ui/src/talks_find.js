// Searches that take a while: each with its progress, a way to stop it, and its answer in sentences.

import { h, problem, replace, speak } from './dom.js';
import { plain } from './number.js';

/** What may be looked for. */
export const SEARCHES = [
    { verb: 'frontier', title: 'The frontier', about: 'the most each side can have for every payoff of the other', pair: true },
    { verb: 'bargain', title: 'The bargains', about: 'what they would agree on: Nash, Kalai-Smorodinsky, egalitarian, utilitarian' },
    { verb: 'sustain', title: 'The best deal that is kept', about: 'and what it is worth to find a breach sooner' },
    { verb: 'best-response', title: 'Best responses', about: 'what each side would do alone' },
    { verb: 'nash', title: 'Mutual best responses', about: 'where nobody gains by changing its own instruments' },
];

function seconds(value) {
    return value >= 90 ? `${plain(value / 60, 0)} min` : `${plain(value, 0)} s`;
}

function progressText({ text, done, wanted, seconds: spent, left }) {
    const parts = [wanted ? `${text}, ${Math.min(done, wanted)} of ${wanted}` : text, Number.isFinite(spent) ? `${seconds(spent)} so far` : '', Number.isFinite(left) ? `about ${seconds(left)} left` : ''];
    return parts.filter(Boolean).join(', ');
}

/** A bar with a sentence and a button that stops the work. tell(progress) moves it. */
export function progressBar(label, onCancel) {
    const bar = h('progress', { 'aria-label': label });
    const text = h('span', { class: 'note' }, label);
    const element = h('div', { class: 'working' }, bar, text, h('button', { class: 'quiet', on: { click: onCancel } }, 'Stop'));
    element.tell = (progress) => {
        if (progress.wanted) {
            bar.max = progress.wanted;
            bar.value = Math.min(progress.done, progress.wanted);
        } else bar.removeAttribute('value');
        text.textContent = `${label}: ${progressText(progress)}`;
    };
    return element;
}

/** A moment in which nothing happens, unless the signal ends it. */
export function rest(milliseconds, signal) {
    return new Promise((done, stopped) => {
        const timer = window.setTimeout(done, milliseconds);
        signal.addEventListener('abort', () => {
            window.clearTimeout(timer);
            stopped(new DOMException('cancelled', 'AbortError'));
        });
    });
}

/** Work that can be stopped. Starting it again stops the one before. */
export function job(start) {
    let control = null;
    return {
        busy: () => control !== null,
        stop() {
            if (control) control.abort();
            control = null;
        },
        /** Resolves to the answer, or to null when it was stopped. */
        async run(...args) {
            if (control) control.abort();
            const mine = new AbortController();
            control = mine;
            try {
                const answer = await start(mine.signal, ...args);
                return control === mine ? answer : null;
            } catch (error) {
                if (error.name === 'AbortError' || control !== mine) return null;
                throw error;
            } finally {
                if (control === mine) control = null;
            }
        },
    };
}

/** One search as a row: run(verb, signal, onProgress) works it out, found(verb, json) is told the answer. */
function row(search, run, found) {
    const place = h('div');
    const words = h('div', { class: 'found' });
    const button = h('button', null, search.title);
    const work = job((signal) => run(search.verb, signal, (progress) => bar && bar.tell(progress)));
    let bar = null;

    async function go() {
        bar = progressBar(search.title, () => work.stop());
        const pressed = document.activeElement === button;
        button.disabled = true;
        replace(words);
        replace(place, bar);
        if (pressed) bar.querySelector('button').focus(); // which stops it
        try {
            const json = await work.run();
            if (json) show(json);
            else replace(words, h('p', { class: 'note' }, 'Stopped.'));
            speak(json ? `${search.title}: found` : `${search.title}: stopped`);
        } catch (error) {
            if (!error.gone) replace(words, problem(error));
        }
        const held = bar.contains(document.activeElement);
        bar = null;
        button.disabled = false;
        replace(place);
        if (held) button.focus();
    }

    function show(json) {
        const early = !json.converged && h('p', { class: 'loss' }, 'A search stopped early: these are the best points seen, not an answer.');
        replace(words, early, [...json.answer, ...json.notes].map((text) => h('p', null, text)));
        button.textContent = `${search.title}, again`;
        found(search.verb, json);
    }

    button.addEventListener('click', go);
    const element = h('div', { class: 'search', dataset: { verb: search.verb } }, h('div', { class: 'ask' }, button, h('span', { class: 'note' }, search.about)), place, words);
    return { verb: search.verb, element, go, stop: () => work.stop() };
}

/** The panel of searches for a game of `players` players. */
export function searchPanel({ players, run, found }) {
    const rows = SEARCHES.filter((search) => !search.pair || players === 2).map((search) => row(search, run, found));
    const element = h('div', { class: 'searches' }, rows.map((one) => one.element));
    return {
        element,
        /** One after the other, so that a page does not take the whole machine. */
        async go(verbs) {
            for (const verb of verbs) {
                const one = rows.find((entry) => entry.verb === verb);
                if (one && element.isConnected) await one.go();
            }
        },
        stop: () => rows.forEach((one) => one.stop()),
    };
}
