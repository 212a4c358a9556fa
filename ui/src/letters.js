// How wide words are in a picture, so that they fit where they stand whatever the reader's font is.

const pen = document.createElement('canvas').getContext('2d');
const widths = new Map();

/** The width of a text in the page's font, px. */
export function widthOf(text, size = 12) {
    const key = `${size}|${text}`;
    if (!widths.has(key)) {
        if (widths.size > 2000) widths.clear();
        pen.font = `${size}px ${window.getComputedStyle(document.body).fontFamily}`;
        widths.set(key, pen.measureText(text).width);
    }
    return widths.get(key);
}

/** A text cut so that it fits in `room` px; a star at its end stays. */
export function fitted(text, room, size = 12) {
    if (widthOf(text, size) <= room) return text;
    const end = text.endsWith(' *') ? '… *' : '…';
    let cut = text.length - 1;
    while (cut > 1 && widthOf(text.slice(0, cut) + end, size) > room) cut -= 1;
    return text.slice(0, cut).trimEnd() + end;
}
