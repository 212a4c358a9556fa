// The instruments as sliders: each with its unit, its bounds and a mark where it stands today.

import { h, replace } from './dom.js';
import { plain, signed } from './number.js';
import { families, levelOf, toPercent, withLevel } from './talks_game.js';

const count = (value) => (Number.isInteger(value) ? 0 : 1);

/** A level in words: "−10 points", "85 %". */
export function levelText(family, value) {
    const percent = toPercent(value);
    if (family.unit === 'rate on top of what stands') return percent === 0 ? 'as it stands' : `${signed(percent, count(percent))} points`;
    return `${plain(percent, count(percent))} %`;
}

function standsText(family) {
    if (family.unit !== 'rate on top of what stands') return `Today ${levelText(family, family.today)}`;
    return `Today ${plain(toPercent(family.stands), 1)} % in all`;
}

/** One slider. onMove(value) while it moves, onRelease(value) when it is let go, null for as today. */
function slider(family, onMove, onRelease) {
    const id = `talks-${family.name}`;
    const [low, high, today] = [family.low, family.high, family.today].map(toPercent);
    const input = h('input', { id, type: 'range', min: low, max: high, step: 1, 'aria-describedby': `${id}-note` });
    const output = h('output', { for: id });
    const back = h('button', { class: 'quiet', title: `Put ${family.title} back to where it stands today` }, 'As today');
    const mark = h('span', { class: 'today', 'aria-hidden': 'true' });
    const share = (today - low) / (high - low);
    mark.style.left = `calc(${(100 * share).toFixed(2)}% + ${((0.5 - share) * 16).toFixed(1)}px)`;
    const notes = [standsText(family), family.note].filter(Boolean).join('. ');
    const element = h(
        'div',
        { class: 'instrument', dataset: { instrument: family.name } },
        h('label', { for: id }, family.title),
        h('div', { class: 'line' }, h('div', { class: 'range' }, input, mark), output),
        h('div', { class: 'ends' }, h('span', null, levelText(family, family.low)), h('span', null, levelText(family, family.high))),
        h('div', { class: 'foot' }, h('p', { class: 'note', id: `${id}-note` }, `${notes}.`.replace(/\.\.$/, '.')), back),
    );
    const value = () => Number(input.value) / 100;
    input.addEventListener('input', () => {
        tell(value(), true, false);
        onMove(value());
    });
    input.addEventListener('change', () => onRelease(value()));
    back.addEventListener('click', () => onRelease(null));

    function tell(level, set, mixed) {
        const text = mixed ? `${levelText(family, level)} on average` : set ? levelText(family, level) : 'as today';
        output.textContent = text;
        input.setAttribute('aria-valuetext', text);
        element.classList.toggle('set', set);
        back.hidden = !set;
    }

    return {
        element,
        show(settings) {
            const { value: level, set, mixed } = levelOf(family, settings);
            if (Math.abs(Number(input.value) - toPercent(level)) > 0.5 || document.activeElement !== input) input.value = toPercent(level);
            tell(level, set, mixed);
        },
    };
}

/**
 * The panel of all instruments, by player. show(settings) puts the sliders; onMove(settings) while one moves,
 * onRelease(settings) when it is let go.
 */
export function sliderPanel(json, { onMove, onRelease }) {
    let now = new Map();
    const rows = families(json).map((family) => ({
        family,
        ...slider(
            family,
            (value) => onMove((now = withLevel(family, now, value))),
            (value) => onRelease((now = withLevel(family, now, value))),
        ),
    }));
    const group = (player) =>
        h(
            'fieldset',
            { class: 'holder' },
            h('legend', null, `${player.name} sets`),
            rows.filter((row) => row.family.player === player.name).map((row) => row.element),
        );
    const element = h('div', { class: 'instruments' });
    replace(element, json.players.map(group), h('p', { class: 'note' }, h('span', { class: 'assumed' }, 'assumed'), ' How far each may go is a choice of the game, not an observation.'));
    return {
        element,
        show(settings) {
            now = new Map(settings);
            rows.forEach((row) => row.show(now));
        },
    };
}
