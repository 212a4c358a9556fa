// The panel that moves an end: a date, a slider, what is agreed, no end; and how far the work is.

import { addDays, daysBetween, readDay, sayDay, sayShortDay, writeDay } from './calendar_days.js';
import { nameOfEnd } from './calendar_measures.js';
import { choice, h, replace } from './dom.js';

/** The panel; onChoose(key) of another end, onMove(day) as it moves, onRelease(day or null) when it stays, onCancel(). */
export function endPanel({ onChoose, onMove, onRelease, onCancel }) {
    const title = h('h3');
    const chooser = h('div');
    const field = h('input', { type: 'date' });
    const slider = h('input', { type: 'range', min: '0', step: '1' });
    const spoken = h('output', { class: 'day' });
    const agreed = h('button', { class: 'quiet' });
    const never = h('button', { class: 'quiet' }, 'No end');
    const bar = h('progress', { max: '1' });
    const said = h('span');
    const cancel = h('button', { on: { click: () => onCancel() } }, 'Cancel');
    const working = h('div', { class: 'working', hidden: true }, bar, said, cancel);
    const body = h(
        'div',
        { class: 'end' },
        title,
        chooser,
        h('div', { class: 'end-row' }, h('label', { class: 'field' }, h('span', null, 'First day without it'), field), h('label', { class: 'field wide' }, h('span', null, 'Move it'), slider), spoken),
        h('div', { class: 'tools' }, agreed, never),
    );
    const element = h('div', null, body, working);
    let end = null;
    let latest = null;
    let pending = 0;

    const dayOf = () => addDays(end.first, Number(slider.value));

    slider.addEventListener('input', () => onMove(dayOf()));
    slider.addEventListener('change', () => later(dayOf(), 250));
    field.addEventListener('change', () => {
        const day = readDay(field.value);
        if (!day) return;
        onMove(day);
        later(day, 0);
    });
    agreed.addEventListener('click', () => later(end.agreed, 0));
    never.addEventListener('click', () => later(null, 0));

    function later(day, wait) {
        window.clearTimeout(pending);
        pending = window.setTimeout(() => onRelease(day), wait);
    }

    /** Shows a day without asking for its path. */
    function put(day) {
        if (!end) return;
        const last = daysBetween(end.first, latest);
        slider.max = String(last);
        slider.value = String(day ? Math.min(last, daysBetween(end.first, day)) : last);
        slider.setAttribute('aria-valuetext', day ? sayDay(day) : 'no end');
        field.value = day ? writeDay(day) : '';
        const moved = day ? daysBetween(end.agreed, day) : null;
        spoken.textContent = day ? (moved === 0 ? 'as agreed' : `${Math.abs(moved)} days ${moved < 0 ? 'earlier' : 'later'} than agreed`) : 'it goes on';
    }

    return {
        element,
        put,
        show({ ends, end: next, name, latest: last }) {
            end = next;
            latest = last;
            body.hidden = false;
            title.textContent = `Try it: move the end of ${name}`;
            replace(chooser, ends.length > 1 && choice('Which end', ends.map((one) => ({ value: one.key, label: `${nameOfEnd(one)}: ${sayShortDay(one.agreed)}` })), end.key, onChoose));
            field.min = writeDay(end.first);
            field.max = writeDay(latest);
            agreed.textContent = `As agreed: ${sayShortDay(end.agreed)}`;
            agreed.setAttribute('aria-pressed', String(Boolean(end.now) && end.now.getTime() === end.agreed.getTime()));
            never.setAttribute('aria-pressed', String(!end.now));
            put(end.now);
        },
        hide() {
            end = null;
            body.hidden = true;
        },
        busy(text) {
            working.hidden = false;
            said.textContent = `${text} …`;
            bar.removeAttribute('value');
            bar.setAttribute('aria-label', text);
        },
        progress({ text, done, wanted, left }) {
            if (wanted > 0) bar.value = done / wanted;
            said.textContent = wanted > 0 ? `${done} of ${wanted} ${text}${left > 1 ? `, about ${Math.round(left)} s left` : ''}` : `${text} …`;
        },
        idle() {
            const held = working.contains(document.activeElement);
            working.hidden = true;
            if (held) slider.focus();
        },
    };
}
