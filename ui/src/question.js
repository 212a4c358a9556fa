// From what is looked at to what is asked.

import { query } from './api.js';
import { parameters, readMeasures } from './measures.js';

/** The state's name for no scenario at all: only the reader's own measures. */
export const NONE = 'none';

/** A measure that changes nothing: the question of somebody who has asked none yet. */
const NOTHING = 'all<-all+=0%';

/** What belongs to the question whatever is shown of it: scenario, world, assumptions, options. */
export function questionOf(state) {
    const scenario = state.scenario || 'london-2025';
    const none = scenario === NONE;
    return {
        scenario: none ? null : scenario,
        ...(none ? { tariff: [NOTHING] } : {}),
        world: state.world || null,
        closure: state['q.closure'] || null,
        elasticities: state['q.elasticities'] || null,
        option: (state['q.options'] || '').split(',').filter(Boolean),
    };
}

/** The same with the variant and the reader's own measures. */
export function questionWithMeasures(state, variant, measures = readMeasures(state['q.own'])) {
    const { tariff, ...question } = questionOf(state);
    const own = parameters(measures);
    return { ...question, variant: question.scenario ? variant : null, ...(measures.length ? own : { tariff }) };
}

const shell = (text) => (/^[\w./:,@%+=-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

/** The command line that answers a question. `name` is "run", "path", "talks nash"; flags are true. */
export function commandLine(name, params) {
    const words = ['parley', ...name.split(/[ /]/)];
    for (const [key, value] of Object.entries(params))
        for (const one of Array.isArray(value) ? value : [value]) {
            if (one === null || one === undefined || one === false || ['variables', 'warm', 'certificate'].includes(key)) continue;
            if (key === 'scenario') words.push(shell(`scenarios/${one}.yaml`));
            else words.push(`--${key}`, ...(one === true || one === '' ? [] : [shell(String(one))]));
        }
    return words.join(' ');
}

/** Answers by question, the oldest dropped: going back does not ask again. */
export function remembering(ask, most = 24) {
    const kept = new Map();
    return (path, params, options) => {
        const key = path + query(params);
        if (kept.has(key)) return kept.get(key);
        const answer = ask(path, params, options);
        kept.set(key, answer);
        answer.catch(() => kept.delete(key));
        if (kept.size > most) kept.delete(kept.keys().next().value);
        return answer;
    };
}

/**
 * Questions that come faster than answers: one is on its way at a time, of those that come meanwhile only the last is asked,
 * and never more than one in `every` milliseconds.
 */
export function latest(ask, show, failed, every = 33) {
    let waiting = null;
    let busy = false;
    let last = 0;
    let round = 0;

    async function go() {
        busy = true;
        while (waiting) {
            const pause = last + every - performance.now();
            if (pause > 0) await new Promise((done) => window.setTimeout(done, pause));
            const { params, mark } = waiting;
            waiting = null;
            last = performance.now();
            const mine = round;
            try {
                const answer = await ask(params);
                if (mine === round) show(answer, mark);
            } catch (error) {
                if (mine === round) failed(error);
            }
        }
        busy = false;
    }

    return {
        want(params, mark) {
            waiting = { params, mark };
            if (!busy) go();
        },
        /** What is on its way is not shown any more. */
        drop() {
            waiting = null;
            round += 1;
        },
    };
}
