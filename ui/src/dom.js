// Elements without a framework. Styles are set through the style object, as the content policy allows no style attribute.

const SVG = 'http://www.w3.org/2000/svg';

function put(node, key, value) {
    if (value === null || value === undefined || value === false) return;
    if (key === 'class') node.setAttribute('class', value);
    else if (key === 'text') node.textContent = value;
    else if (key === 'style') Object.assign(node.style, value);
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else if (key === 'on') for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === 'value' || key === 'checked' || key === 'selected' || key === 'indeterminate') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
}

function fill(node, props, children) {
    const late = [];
    for (const [key, value] of Object.entries(props || {})) {
        if (key === 'value') late.push([key, value]); // a select takes its value once it has its options
        else put(node, key, value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    for (const [key, value] of late) put(node, key, value);
    return node;
}

/** An HTML element: h('p', {class: 'note', on: {click}}, 'text', child, [more]). null and false are left out. */
export function h(tag, props, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props, ...children) {
    return fill(document.createElementNS(SVG, tag), props, children);
}

const labelOf = (node) => node.getAttribute('aria-label') || (node.closest('label') || node).textContent;
const sameKind = (a, b) => a.tagName === b.tagName && a.type === b.type && a.name === b.name && a.getAttribute('role') === b.getAttribute('role');

/** What stands in `root` for the element that had the focus before it was built again: itself, or its like. */
function likeOf(root, held, label) {
    if (root.contains(held)) return held;
    const like = [...root.querySelectorAll('button, input, select, summary, [tabindex]')].filter((node) => sameKind(node, held));
    if (held.type === 'radio') return like.find((node) => node.value === held.value);
    return like.find((node) => labelOf(node) === label) || (like.length === 1 ? like[0] : null);
}

/** Replaces what `root` holds; returns root. The focus stays on what it was on, where that is built again. */
export function replace(root, ...children) {
    const held = document.activeElement;
    const inside = held && held !== root && root.contains(held);
    const label = inside ? labelOf(held) : '';
    root.replaceChildren();
    fill(root, null, children);
    const like = inside && likeOf(root, held, label);
    if (like) like.focus({ preventScroll: true });
    return root;
}

/** Says a sentence to those who hear the page. */
export function speak(text) {
    const place = document.getElementById('spoken');
    if (place && place.textContent !== text) place.textContent = text;
}

/** A box with the program's message, or with an error of our own. */
export function problem(error) {
    return h('div', { class: 'problem', role: 'alert' }, h('p', null, error.text || error.message || String(error)));
}

/** A select from [{value, label}], with its visible label. */
export function choice(label, options, value, onChange, props) {
    const select = h(
        'select',
        { ...props, on: { change: () => onChange(select.value) } },
        options.map((option) => h('option', { value: option.value, selected: option.value === value }, option.label)),
    );
    return h('label', { class: 'field' }, h('span', null, label), select);
}
