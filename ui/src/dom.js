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

/** Replaces what `root` holds; returns root. */
export function replace(root, ...children) {
    root.replaceChildren();
    return fill(root, null, children);
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
