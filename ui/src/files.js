// Copies and files, made on the page itself.

import { speak } from './dom.js';

/** Copies a text and says so. */
export async function copy(text, what = 'Copied') {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        // Without leave to use the clipboard, the old way through a selected field.
        const field = document.createElement('textarea');
        field.value = text;
        field.className = 'unseen';
        document.body.append(field);
        field.select();
        document.execCommand('copy');
        field.remove();
    }
    speak(what);
}

/** Hands the reader a file. */
export function save(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** What a style sheet may say of a picture, and what holds where it says nothing; null is what the parent has. */
const STYLES = {
    fill: null,
    stroke: null,
    'stroke-width': null,
    'stroke-dasharray': null,
    'stroke-linejoin': null,
    'stroke-opacity': null,
    'fill-opacity': null,
    'paint-order': null,
    'font-family': null,
    'font-size': null,
    'font-weight': null,
    'text-anchor': null,
    visibility: null,
    opacity: '1',
    display: 'inline',
};

/** A picture as a file of its own: what the page's style sheet says is written into it. */
export function svgText(picture, background) {
    const clone = picture.cloneNode(true);
    const from = [picture, ...picture.querySelectorAll('*')];
    const to = [clone, ...clone.querySelectorAll('*')];
    from.forEach((node, k) => {
        const style = window.getComputedStyle(node);
        const above = k > 0 ? window.getComputedStyle(node.parentElement) : null;
        for (const [name, usual] of Object.entries(STYLES)) {
            const value = style.getPropertyValue(name);
            if (value && value !== (usual ?? (above ? above.getPropertyValue(name) : ''))) to[k].setAttribute(name, value);
            else to[k].removeAttribute(name);
        }
        to[k].removeAttribute('style');
    });
    clone.querySelectorAll('metadata').forEach((node) => node.remove());
    clone.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const sheet = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const box = picture.viewBox.baseVal;
    for (const [name, value] of Object.entries({ x: box.x, y: box.y, width: box.width, height: box.height, fill: background }))
        sheet.setAttribute(name, value);
    clone.prepend(sheet);
    return new XMLSerializer().serializeToString(clone);
}
