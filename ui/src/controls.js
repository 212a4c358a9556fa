// Licences, quotas and bans: what they let through, what the permission to trade is worth, and who gets it.

import { h } from './dom.js';
import { figure } from './figure.js';
import { money, percent, plain } from './number.js';

const KINDS = { quota: 'quota', 'import-quota': 'import quota', ban: 'ban', 'minimum-price': 'minimum price', 'tariff-rate-quota': 'tariff-rate quota', licence: 'licence' };

const number = (key, label, unit, format) => ({ key, label, unit, format, numeric: true });
const millions = (value) => plain(value, 1);
const COLUMNS = [
    { key: 'name', label: 'Control' },
    { key: 'kind', label: 'Kind' },
    number('level', 'Allowed', 'percent of today', (value) => plain(value, 1)),
    number('quantity', 'Traded', 'percent of today', (value) => plain(value, 1)),
    number('premium', 'Premium', 'percent of the price', (value) => percent(value, 1)),
    number('rent', 'Rent', 'million USD a year', millions),
    number('rent_to_sellers', 'to sellers', 'million USD', millions),
    number('rent_to_buyers', 'to buyers', 'million USD', millions),
];

function rowOf(control) {
    return { ...control, kind: KINDS[control.kind] || control.kind, level: control.level * 100, quantity: control.quantity * 100 };
}

/** The panel of quantity controls; show(view) draws those of the policy looked at, if there are any. */
export function controlPanel() {
    const list = figure({ title: 'What they let through', name: 'parley-controls' });
    const element = h('section', { class: 'part', hidden: true }, h('h2', null, 'Licences, quotas and bans'), list);
    return {
        element,
        show(view) {
            const controls = view.result.controls || [];
            element.hidden = controls.length === 0;
            if (controls.length === 0) return;
            const binding = controls.filter((control) => control.premium > 1e-6);
            const rent = controls.reduce((sum, control) => sum + control.rent, 0);
            list.update({
                note: `${controls.length} controls hold trade down, ${binding.length} of them so far that the permission to trade has a price; it is worth ${money(rent, 2)} bn USD a year in all.`,
                table: { columns: COLUMNS, rows: controls.map(rowOf), caption: `Quantity controls: ${view.result.title || view.result.name}`, sort: { key: 'rent', down: true } },
                certificate: () => view.openCertificate(),
            });
        },
    };
}
