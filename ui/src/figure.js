// A picture with what belongs to it: title, unit and basis, note, table, and its files.

import { h, replace } from './dom.js';
import { save, svgText } from './files.js';
import { keepTable, keptTable, watchTables } from './kept.js';
import { table as makeTable } from './table.js';
import { isDark, watchTheme } from './theme.js';

let count = 0;

function words(parts) {
    return parts.filter(Boolean).join(' · ');
}

/**
 * A figure: title; unit and basis (shown under the title); note; draw(width, dark) -> Element, called again when the width or
 * the theme changes; alt, the picture in a sentence for those who do not see it; table, what table() takes (it is shown when
 * asked for, or at once with open); certificate(), which opens it; name, of the files saved; kept, by which the address keeps
 * its table (default: the name); tools, more buttons. The element has update(patch) with any of these.
 */
export function figure(options) {
    let now = { name: 'figure', ...options };
    const kept = options.kept || now.name.replace(/^parley-/, '');
    const usual = Boolean(now.open);
    let width = 0;
    const id = `figure-${++count}`;
    const title = h('h3', { id: `${id}-title` });
    const basis = h('p', { class: 'basis' });
    const place = h('div', { class: 'picture' });
    const note = h('p', { class: 'note' });
    const rows = h('div', { class: 'rows', id: `${id}-table`, hidden: true });
    const buttons = h('div', { class: 'tools' });
    const element = h(
        'figure',
        { class: 'figure', 'aria-labelledby': `${id}-title` },
        h('figcaption', null, title, basis),
        place,
        note,
        buttons,
        rows,
    );
    let shown = null;
    const toggle = h('button', { class: 'quiet', 'aria-expanded': 'false', 'aria-controls': `${id}-table`, on: { click: turn } }, 'Table');

    function turn() {
        const { sort = null } = keptTable(kept) || {};
        keepTable(kept, { open: rows.hidden, sort }, usual);
        openTable();
    }

    /** Opens or closes the table as the address says. */
    function openTable() {
        rows.hidden = !(keptTable(kept) || { open: usual }).open;
        toggle.setAttribute('aria-expanded', String(!rows.hidden));
        shown = null;
        fillTable();
    }

    function fillTable() {
        if (!now.table || rows.hidden) return;
        const same = shown && shown.columns === now.table.columns && shown.caption === now.table.caption;
        if (same) rows.firstChild.update(now.table.rows);
        else {
            const { sort } = keptTable(kept) || {};
            const onSort = (order) => keepTable(kept, { open: true, sort: order }, usual);
            replace(rows, makeTable({ name: now.name, caption: now.title, ...now.table, ...(sort ? { sort } : {}), onSort }));
        }
        shown = now.table;
    }

    function fillButtons() {
        replace(
            buttons,
            now.table && toggle,
            now.draw && h('button', { class: 'quiet', on: { click: saveSvg } }, 'Save SVG'),
            now.certificate && h('button', { class: 'quiet', on: { click: () => now.certificate() } }, 'Certificate and sources'),
            now.tools,
        );
    }

    function saveSvg() {
        const picture = place.querySelector('svg');
        const background = window.getComputedStyle(document.body).backgroundColor;
        if (picture) save(`${now.name}.svg`, 'image/svg+xml', svgText(picture, background));
    }

    function draw() {
        if (!width || !now.draw) return;
        const picture = now.draw(width, isDark());
        replace(place, picture);
        const graphic = picture && (picture.tagName === 'svg' ? picture : picture.querySelector('svg'));
        if (!graphic) return;
        if (now.alt && !graphic.hasAttribute('role')) {
            graphic.setAttribute('role', 'img');
            graphic.setAttribute('aria-label', now.alt);
        }
        // Plot names its groups after their marks ("dot"), which says nothing to those who hear the page.
        graphic.querySelectorAll('g[aria-label]:not([role])').forEach((group) => group.removeAttribute('aria-label'));
    }

    function show() {
        title.textContent = now.title || '';
        basis.textContent = words([now.unit, now.basis]);
        basis.hidden = !basis.textContent;
        replace(note, now.note);
        note.hidden = !now.note;
        draw();
        fillTable();
    }

    element.update = (patch) => {
        const before = now;
        now = { ...now, ...patch };
        // Buttons that stay keep the focus, so they are made again only when there are others.
        const others = ['table', 'certificate', 'draw'].some((key) => Boolean(before[key]) !== Boolean(now[key]));
        if (others || before.tools !== now.tools) fillButtons();
        show();
    };
    fillButtons();
    show();
    openTable();
    const resized = (next) => {
        if (Math.abs(next - width) < 1) return;
        width = next;
        draw();
    };
    follow(element, place, resized, () => [watchTheme(draw), watchTables(openTable)]);
    return element;
}

/** Calls resized(width) as the place is resized, and watches until the element has left the page: watch() -> [how to stop]. */
function follow(element, place, resized, watch) {
    let joined = false;
    const observer = new ResizeObserver(() => {
        if (element.isConnected) joined = true;
        else if (joined) {
            observer.disconnect();
            watched.forEach((stop) => stop());
            return;
        }
        if (place.clientWidth > 0) resized(place.clientWidth);
    });
    const watched = watch();
    observer.observe(place);
}
