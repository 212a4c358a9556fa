// A dialog: closed by Escape, by its button or by a click beside it; the browser keeps the focus in it and gives it back.

import { h } from './dom.js';

/** A part of a dialog under its heading. */
export const part = (title, ...content) => h('section', null, h('h3', null, title), content);

/** A line of a list of facts. */
export const fact = (name, ...text) => [h('dt', null, name), h('dd', null, text)];

/** Opens a dialog with a title and content; returns it. */
export function openDialog(title, ...content) {
    const close = h('button', { class: 'close', 'aria-label': 'Close', on: { click: () => dialog.close() } }, '×');
    const name = `dialog-${Math.random().toString(36).slice(2)}`;
    const dialog = h(
        'dialog',
        { 'aria-labelledby': name },
        h('div', { class: 'sheet' }, h('header', null, h('h2', { id: name }, title), close), h('div', { class: 'content' }, content)),
    );
    dialog.addEventListener('click', (event) => {
        if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}
