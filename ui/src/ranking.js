// Who gains and who loses most, beside the map; it moves with it.

import { h, replace } from './dom.js';

const EACH = 5;

function row(onPick) {
    const name = h('button', { class: 'pick' });
    const bar = h('span', { class: 'bar' });
    const value = h('span', { class: 'value' });
    const element = h('li', null, name, h('span', { class: 'track' }, bar), value);
    name.addEventListener('click', () => onPick(element.dataset.code));
    return {
        element,
        show({ code, label, number, text, share }) {
            element.dataset.code = code;
            element.dataset.value = number;
            if (name.textContent !== label) name.textContent = name.title = label;
            value.textContent = text;
            value.className = `value ${number < 0 ? 'loss' : 'gain'}`;
            bar.className = `bar ${number < 0 ? 'less' : 'more'}`;
            bar.style.width = `${Math.min(50, Math.abs(share) * 50).toFixed(1)}%`;
        },
    };
}

/** The ranking: show({entries: [{code, label, number, text}], parties, unplaced: [codes], limit}). */
export function ranking(onPick) {
    const blocks = ['The parties', 'Highest', 'Lowest', 'Not on the map'].map((title) => {
        const list = h('ul', { class: 'ranking' });
        return { list, rows: [], section: h('section', null, h('h4', null, title), list) };
    });

    function fill(block, entries, limit) {
        while (block.rows.length < entries.length) block.rows.push(row(onPick));
        if (block.list.children.length !== entries.length) replace(block.list, block.rows.slice(0, entries.length).map((one) => one.element));
        entries.forEach((entry, k) => block.rows[k].show({ ...entry, share: entry.number / limit }));
        block.section.hidden = entries.length === 0;
    }

    return {
        element: h('div', { class: 'rankings' }, blocks.map((block) => block.section)),
        show({ entries, parties, unplaced, limit }) {
            const known = entries.filter((entry) => Number.isFinite(entry.number));
            const of = (codes) => codes.map((code) => known.find((entry) => entry.code === code)).filter(Boolean);
            const apart = [...parties, ...unplaced];
            const others = known.filter((entry) => !apart.includes(entry.code)).sort((a, b) => b.number - a.number);
            const each = Math.min(EACH, Math.floor(others.length / 2));
            fill(blocks[0], of(parties), limit);
            fill(blocks[1], others.slice(0, each), limit);
            fill(blocks[2], others.slice(others.length - each).reverse(), limit);
            fill(blocks[3], of(unplaced.slice(0, EACH)), limit);
        },
    };
}
