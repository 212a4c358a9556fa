// Questions to the program. Every address is a command of it, and answers the same JSON.

/** What the program answered instead of a result: `text` is its message, `status` its exit status, `gone` that it is away. */
export class ApiError extends Error {
    constructor(text, { status = 0, gone = false } = {}) {
        super(text);
        this.name = 'ApiError';
        this.text = text;
        this.status = status;
        this.gone = gone;
    }
}

/** The query of an address: arrays are repeated, true is a flag, null, undefined and false are left out. */
export function query(params) {
    const pairs = [];
    for (const [key, value] of Object.entries(params || {}))
        for (const one of Array.isArray(value) ? value : [value])
            if (one !== null && one !== undefined && one !== false) pairs.push([key, one === true ? '' : String(one)]);
    const text = new URLSearchParams(pairs).toString();
    return text ? `?${text}` : '';
}

const watchers = new Set();
let present = true;

function setPresent(now) {
    if (now === present) return;
    present = now;
    watchers.forEach((watcher) => watcher(now));
    if (!now) window.setTimeout(knock, 500);
}

/** Asks again until the program is back. */
async function knock() {
    try {
        const answer = await fetch('/api/about', { cache: 'no-store' });
        if (answer.ok) return setPresent(true);
    } catch {
        // Still away.
    }
    window.setTimeout(knock, 1000);
}

/** Tells when the program goes away (false) and when it is back (true). */
export function watchServer(watcher) {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
}

async function request(address, options) {
    try {
        return await fetch(address, options);
    } catch (error) {
        if (error.name === 'AbortError') throw error;
        setPresent(false);
        throw new ApiError('The program does not answer.', { gone: true });
    }
}

async function refusal(answer) {
    let error = {};
    try {
        error = (await answer.json()).error || {};
    } catch {
        // No JSON: the status has to do.
    }
    return new ApiError(error.text || `The program answered ${answer.status}.`, { status: error.status || answer.status });
}

/**
 * The answer of a command: ask('run', {scenario: 'london-2025', tariff: ['USA<-CHN=60%']}). `body` is a scenario in YAML
 * instead of one by name. Throws ApiError with the program's message.
 */
export async function ask(path, params, { signal, body } = {}) {
    const options = { signal, headers: { accept: 'application/json' } };
    if (body !== undefined) Object.assign(options, { method: 'POST', body });
    const answer = await request(`/api/${path}${query(params)}`, options);
    setPresent(true);
    if (!answer.ok) throw await refusal(answer);
    return answer.json();
}

function readEvent(block) {
    const event = { type: 'message', data: [] };
    for (const line of block.split('\n')) {
        if (line.startsWith('event:')) event.type = line.slice(6).trim();
        else if (line.startsWith('data:')) event.data.push(line.slice(5).replace(/^ /, ''));
    }
    return { type: event.type, data: event.data.length ? JSON.parse(event.data.join('\n')) : null };
}

async function* events(body) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += decoder.decode(value, { stream: true }).replace(/\r/g, '');
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) if (block.trim()) yield readEvent(block);
    }
}

/**
 * The same for long work: onProgress({text, done, wanted, seconds, left}) as it goes on (numbers may be null), and
 * onPoint({name, converged, payoff}) for each point a search finds; aborting the signal cancels it.
 */
export async function work(path, params, { signal, onProgress, onPoint } = {}) {
    const answer = await request(`/api/stream/${path}${query(params)}`, { signal, headers: { accept: 'text/event-stream' } });
    setPresent(true);
    if (!answer.ok) throw await refusal(answer);
    try {
        for await (const event of events(answer.body)) {
            if (event.type === 'progress' && onProgress) onProgress(event.data);
            else if (event.type === 'point' && onPoint) onPoint(event.data);
            else if (event.type === 'result') return event.data;
            else if (event.type === 'failed') throw new ApiError(event.data.error.text, { status: event.data.error.status });
        }
    } catch (error) {
        if (error instanceof ApiError || error.name === 'AbortError') throw error;
        if (signal && signal.aborted) throw new DOMException('cancelled', 'AbortError');
        setPresent(false);
        throw new ApiError('The program went away.', { gone: true });
    }
    throw new ApiError('The program ended without an answer.');
}
