// What the answer rests on, to be changed: the options of the scenario, the world, closure and elasticities.

import { choice, h, replace } from './dom.js';
import { NONE } from './question.js';

const CLOSURES = [
    { value: 'fixed', label: 'Deficits stay fixed' },
    { value: 'gdp', label: 'Deficits move with income' },
    { value: 'balanced', label: 'Trade is balanced' },
];
const SETS = ['FGO', 'CP', 'BSY', 'GYY', 'Shap', 'LL', 'U4'];

/** The panel; show({json, state, worlds}) draws it, onChange(patch) says what was changed. */
export function assumptions(onChange) {
    const body = h('div', { class: 'more-body' });
    const summary = h('summary', null, 'Assumptions');

    function options(json, state) {
        const asked = new Map((state['q.options'] || '').split(',').filter(Boolean).map((text) => text.split('=')));
        return (json.options || []).map((option) => {
            const box = h('input', { type: 'checkbox', checked: option.on });
            box.addEventListener('change', () => {
                asked.set(option.name, box.checked ? 'on' : 'off');
                onChange({ 'q.options': [...asked].map(([name, on]) => `${name}=${on || 'on'}`).join(',') });
            });
            return h('label', { class: 'check' }, box, h('span', null, option.title || option.name));
        });
    }

    return {
        element: h('details', { class: 'card more' }, summary, body),
        show({ json, state, worlds }) {
            const { settings, world } = json;
            const sets = SETS.includes(settings.elasticities) ? SETS : [settings.elasticities, ...SETS];
            const rows = options(json, state);
            const free = state.scenario === NONE;
            replace(
                body,
                choice('World', worlds.map((name) => ({ value: name.name || name, label: name.name || name })), world.name, (value) => onChange({ world: value, scenario: NONE, variant: null, 'q.options': null })),
                !free && h('p', { class: 'note' }, 'Another world leaves the scenario: its sectors are those of its own.'),
                choice('Trade deficits', CLOSURES, settings.closure, (value) => onChange({ 'q.closure': value })),
                choice('Trade elasticities', sets.map((name) => ({ value: name, label: name })), settings.elasticities, (value) => onChange({ 'q.elasticities': value })),
                rows.length > 0 && h('fieldset', null, h('legend', null, 'Options of the scenario'), rows),
            );
        },
    };
}
