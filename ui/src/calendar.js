// The Calendar view.

import { h, replace } from './dom.js';

/** Mounts the view in `root`. */
export function mount(root) {
    replace(root, h('h2', null, 'Calendar'));
    return { update() {}, unmount() {} };
}
