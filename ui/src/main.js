// The page: three views, one state. Each view is mounted when it is first looked at and told when the state changes.

import './page.css';
import './calendar.css';
import './talks.css';
import { ask, watchServer, work } from './api.js';
import * as calendar from './calendar.js';
import { h, problem, replace } from './dom.js';
import { copy } from './files.js';
import { keepTables, onlyTables } from './kept.js';
import { createState } from './state.js';
import * as talks from './talks.js';
import { startTheme } from './theme.js';
import * as world from './world.js';

const VIEWS = { world, calendar, talks };
const NAMES = Object.keys(VIEWS);

const state = createState();
const mounted = {};
let app = null;

function current() {
    const { tab } = state.get();
    return NAMES.includes(tab) ? tab : 'world';
}

function mount(name) {
    const root = document.getElementById(`panel-${name}`);
    replace(root);
    try {
        mounted[name] = VIEWS[name].mount(root, app);
    } catch (error) {
        replace(root, problem(error));
        throw error;
    }
}

/** Shows the view of the state; `changed` are the keys that changed, 'server' when the program is back. */
function show(changed = []) {
    if (onlyTables(changed)) return; // a figure's own affair
    const active = current();
    for (const name of NAMES) {
        const tab = document.getElementById(`tab-${name}`);
        tab.setAttribute('aria-selected', String(name === active));
        tab.tabIndex = name === active ? 0 : -1;
        document.getElementById(`panel-${name}`).hidden = name !== active;
    }
    document.title = `Parley: ${document.getElementById(`tab-${active}`).textContent}`;
    if (!app) return;
    if (!mounted[active]) mount(active);
    else if (mounted[active].update) mounted[active].update(state.get(), changed);
}

/** Arrow keys, Home and End go through the tabs, as in any list of tabs. */
function startTabs() {
    const list = document.querySelector('[role=tablist]');
    list.addEventListener('click', (event) => {
        const tab = event.target.closest('[role=tab]');
        if (tab) state.set({ tab: tab.id.slice(4) });
    });
    list.addEventListener('keydown', (event) => {
        const at = NAMES.indexOf(current());
        const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: NAMES.length - 1 }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        const name = NAMES[(next + NAMES.length) % NAMES.length];
        state.set({ tab: name });
        document.getElementById(`tab-${name}`).focus();
    });
}

function startServerWatch() {
    const banner = document.getElementById('gone');
    watchServer((present) => {
        banner.hidden = present;
        if (!present) return;
        if (!app) start();
        else show(['server']);
    });
}

async function start() {
    try {
        const about = await ask('about');
        app = { state, ask, work, about };
        document.getElementById('version').textContent = `Parley ${about.version}`;
        show();
    } catch (error) {
        if (!error.gone) replace(document.getElementById('panel-world'), problem(error));
    }
}

keepTables(state);
startTheme(document.getElementById('theme'));
startTabs();
startServerWatch();
const link = document.getElementById('link');
link.addEventListener('click', async () => {
    await copy(window.location.href, 'Link copied');
    link.textContent = 'Link copied';
    window.setTimeout(() => (link.textContent = 'Copy link'), 1500);
});
state.subscribe((values, changed) => show(changed));
document.getElementById('panel-world').append(h('p', { class: 'waiting' }, 'Asking the program …'));
show();
start();
