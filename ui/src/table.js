// Tables: sorted by a click on a heading, copied, saved as CSV with plain numbers.

import { h, replace, speak } from './dom.js';
import { copy, save } from './files.js';
import { plain } from './number.js';

const quote = (text, mark) => (text.includes(mark) || /["\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

function heading(column) {
    return column.unit ? `${column.label} (${column.unit})` : column.label;
}

/** Rows as text, numbers as they are. `mark` separates. */
export function tableText(columns, rows, mark = ',') {
    const cell = (value) => (value === null || value === undefined || Number.isNaN(value) ? '' : quote(String(value), mark));
    const lines = [columns.map((column) => quote(heading(column), mark)), ...rows.map((row) => columns.map((c) => cell(row[c.key])))];
    return lines.map((line) => line.join(mark)).join('\n') + '\n';
}

function compare(a, b, numeric) {
    if (numeric) {
        const [x, y] = [Number.isFinite(a) ? a : -Infinity, Number.isFinite(b) ? b : -Infinity];
        return x < y ? -1 : x > y ? 1 : 0;
    }
    return String(a ?? '').localeCompare(String(b ?? ''));
}

function shown(column, row) {
    const value = row[column.key];
    if (column.format) return column.format(value, row);
    return column.numeric ? plain(value) : value ?? '';
}

/**
 * A table: columns [{key, label, unit, format(value, row) -> text or element, numeric, title}], rows [{key: value, ...}],
 * caption, name (of the file saved), sort {key, down}, onPick(row) makes the first column's cells buttons, picked(row) marks
 * rows, onSort({key, down}) is told of another order. The element has update(rows).
 */
export function table({ columns, rows, caption, name = 'table', sort = null, onPick = null, picked = null, onSort = null }) {
    let data = rows;
    let order = columns.some((column) => sort && column.key === sort.key) ? sort : null;
    const body = h('tbody');
    const heads = columns.map((column) => {
        const button = h('button', { class: 'sort', title: column.title, on: { click: () => turn(column) } });
        button.append(column.label, column.unit ? h('span', { class: 'unit' }, ` ${column.unit}`) : '');
        return h('th', { scope: 'col', class: column.numeric ? 'numeric' : null }, button);
    });

    function sorted() {
        if (!order) return data;
        const column = columns.find((one) => one.key === order.key);
        const rank = [...data].sort((a, b) => compare(a[column.key], b[column.key], column.numeric));
        return order.down ? rank.reverse() : rank;
    }

    function turn(column) {
        const down = order && order.key === column.key ? !order.down : Boolean(column.numeric);
        order = { key: column.key, down };
        draw();
        if (onSort) onSort(order);
        speak(`Sorted by ${column.label}, ${down ? 'largest first' : 'smallest first'}`);
    }

    function cells(row) {
        return columns.map((column, k) => {
            const content = shown(column, row);
            const props = { class: column.numeric ? 'numeric' : null };
            if (k > 0) return h('td', props, content);
            const inside = onPick ? h('button', { class: 'pick', on: { click: () => onPick(row) } }, content) : content;
            return h('th', { ...props, scope: 'row' }, inside);
        });
    }

    function draw() {
        columns.forEach((column, k) => {
            const here = order && order.key === column.key;
            if (here) heads[k].setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
            else heads[k].removeAttribute('aria-sort');
        });
        replace(body, sorted().map((row) => h('tr', { class: picked && picked(row) ? 'picked' : null }, cells(row))));
    }

    const tools = h(
        'div',
        { class: 'tools' },
        h('button', { class: 'quiet', on: { click: () => copy(tableText(columns, sorted(), '\t'), 'Table copied') } }, 'Copy table'),
        h('button', { class: 'quiet', on: { click: () => save(`${name}.csv`, 'text/csv', tableText(columns, sorted())) } }, 'Save CSV'),
    );
    const scroll = h(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        h('table', null, h('caption', null, caption), h('thead', null, h('tr', null, heads)), body),
    );
    // What has the focus is not under the headings, which stay in sight.
    body.addEventListener('focusin', ({ target }) => {
        const under = heads[0].getBoundingClientRect().bottom + 4 - target.getBoundingClientRect().top;
        if (under > 0) scroll.scrollTop -= under;
    });
    const element = h('div', { class: 'table' }, scroll, tools);
    element.update = (next) => {
        data = next;
        draw();
    };
    draw();
    return element;
}
