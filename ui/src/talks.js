// The Talks view.

import { h, replace } from './dom.js';

/** Mounts the view in `root`. */
export function mount(root) {
    replace(root, h('h2', null, 'Talks'));
    return { update() {}, unmount() {} };
}
