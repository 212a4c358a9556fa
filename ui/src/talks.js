// The Talks view: which deal would both sides sign, and would both keep it?

import { choice, h, problem, replace, speak } from './dom.js';
import { figure } from './figure.js';
import { unread, unreadBox } from './link.js';
import { signed } from './number.js';
import { commandLine, latest } from './question.js';
import { dealCard, readoutOf } from './talks_card.js';
import { openTalksCertificate } from './talks_certificate.js';
import { makeDrag } from './talks_drag.js';
import { allDeals, dealTable, frontierOf, pointOf, tipOf, yoursOf } from './talks_deals.js';
import { job, progressBar, rest, searchPanel, SEARCHES } from './talks_find.js';
import { isPlain, payoffOf, readSettings, settingParams, settingsOf, writeSettings } from './talks_game.js';
import { keepFigure } from './talks_keep.js';
import { outsideFigure, references } from './talks_outside.js';
import { makePlane, markOf, needsCloseUp } from './talks_plane.js';
import { sliderPanel } from './talks_sliders.js';
import { worthFigure } from './talks_worth.js';

const STEP = 1500;
const REST = 300;
const TRAIL = 300; // moves that leave a trace
const DRAWS = ['', '20', '50', '100'];
const LEGEND = [
    ['no-deal', 'no deal'],
    ['today', 'today'],
    ['package', 'package'],
    ['bargain', 'bargain'],
    ['kept', 'best kept'],
    ['nash', 'mutual best responses'],
    ['response', 'best response'],
    ['yours', 'deal in hand, to be dragged'],
];

function gamesOf(about) {
    return about.scenarios.filter((one) => one.kind === 'game').map((one) => one.name);
}

/** The game looked at: that of the address, the one of the scenario, or the first. */
function gameOf(state, about) {
    const games = gamesOf(about);
    const near = `${state.scenario || 'london-2025'}-game`;
    return [state['q.game'], near].find((name) => games.includes(name)) || games[0];
}

class Talks {
    constructor(root, app) {
        this.app = app;
        this.found = {};
        this.growing = [];
        this.trail = [];
        this.round = 0;
        this.build(root);
        this.live = latest((settings) => this.askWarm(settings), (json) => this.showLive(json), (error) => this.fail(error));
        this.tableJob = job((signal, onProgress) => app.work('talks/table', { ...this.question() }, { signal, onProgress }));
        this.keptJob = job((signal, settings) => rest(REST, signal).then(() => app.work('talks/value', { ...this.question(), set: settingParams(settings), kept: true }, { signal })));
        this.update(app.state.get(), []);
    }

    set(patch, options) {
        this.app.state.set(patch, options);
    }

    question() {
        const { state } = this;
        return { scenario: this.game, world: state.world || null, draws: state['q.draws'] || null };
    }

    /** The same at once, from what was solved before: equal to 1e-9, and without a certificate. */
    askWarm(settings) {
        return this.app.ask('talks/value', { ...this.question(), draws: null, set: settingParams(settings), warm: 1 });
    }

    /** What stands, with no deal and today. */
    askBase() {
        return this.app.ask('talks/value', this.question());
    }

    build(root) {
        this.opening = h('div', { class: 'opening' }, h('p', { class: 'waiting' }, 'Sitting down …'));
        this.trouble = h('div', { class: 'trouble' });
        this.choices = h('section', { class: 'card' });
        this.sliders = h('section', { class: 'card make' });
        this.readout = h('p', { class: 'readout' });
        this.card = dealCard();
        this.plane = makePlane({ tell: (points) => tipOf(points, this.players), onPick: (key) => this.pick(key), drag: { allowed: () => this.canDrag(), start: () => this.beginDrag(), move: (place) => this.drag && this.drag.move(place), end: () => this.endDrag() } });
        this.planeFigure = figure({ name: 'parley-talks-plane', draw: (width) => this.data && this.plane.draw(width, this.data), certificate: () => this.certificate() });
        this.planeTools = h('div', { class: 'choices' });
        this.legend = h('div', { class: 'marks' });
        this.waiting = h('div', { class: 'waiting-place' });
        this.tableFigure = figure({ name: 'parley-talks-deals', title: 'The deals side by side', open: true, certificate: () => this.certificate() });
        this.keep = figure({ name: 'parley-talks-patience', title: 'Would it be kept?', certificate: () => this.certificate() });
        this.outsideTools = h('div', { class: 'choices' });
        this.outside = figure({ name: 'parley-talks-outside', title: 'Who gains outside', certificate: () => this.certificate() });
        this.worth = figure({ name: 'parley-talks-leverage', title: 'Who has leverage', certificate: () => this.certificate() });
        this.searches = h('section', { class: 'card' });
        const rail = h('aside', { class: 'talks-rail', 'aria-label': 'The deal in hand, by instrument' }, this.choices, this.sliders);
        const first = h('div', { class: 'talks-first' }, h('div', { class: 'plane-place' }, this.planeTools, this.planeFigure), this.card);
        const stage = h('div', { class: 'talks-stage' }, this.waiting, first, this.tableFigure, h('div', { class: 'charts' }, this.keep, h('div', { class: 'with-tools' }, this.outsideTools, this.outside)), this.searches, this.worth);
        this.isPicked = (row) => Boolean(this.hand) && row.key === this.hand.key;
        this.root = root;
        replace(root, h('div', { class: 'talks' }, this.opening, this.trouble, rail, stage));
    }

    // What changed.

    async update(state, changed) {
        this.state = state;
        this.game = gameOf(state, this.app.about);
        const now = { game: `${this.game}|${state.world || ''}`, draws: state['q.draws'], hand: `${state['q.set']}|${state['q.deal']}` };
        const before = this.seen || {};
        this.seen = now;
        try {
            if (!this.value || changed.includes('server') || now.game !== before.game) {
                await this.open();
                return;
            }
            if (now.draws !== before.draws) await this.redraw();
            else if (now.hand !== before.hand) this.takeInHand();
            else this.show();
        } catch (error) {
            this.fail(error);
        }
    }

    fail(error) {
        if (error.name === 'AbortError' || error.gone) return;
        const own = this.state.world && h('p', null, h('button', { on: { click: () => this.set({ world: null }) } }, 'Use the game’s own world'));
        replace(this.trouble, problem(error), own);
        if (!this.value) replace(this.opening);
    }

    /** A game from the start: what stands at once, then the table of packages, then what is looked for. */
    async open() {
        const round = ++this.round;
        if (!this.game) {
            replace(this.opening, h('p', null, 'There is no game among the scenarios of this program; docs/talks.md says how one is written.'));
            return;
        }
        this.stop();
        Object.assign(this, { found: {}, growing: [], value: null, table: null, hand: null, trail: [] });
        const value = await this.askBase();
        if (round !== this.round) return;
        replace(this.trouble);
        this.value = value;
        this.players = value.players.map((one) => one.name);
        this.panel = sliderPanel(value, { onMove: (settings) => this.move(settings), onRelease: (settings) => this.release(settings) });
        this.search = searchPanel({ players: this.players.length, run: (verb, signal, onProgress) => this.look(verb, signal, onProgress), found: (verb, json) => this.keepFound(verb, json) });
        this.showFrame();
        this.takeInHand();
        this.tellUnread([]);
        await this.layTable();
        if (round !== this.round || !this.table) return;
        await this.search.go(this.wanted());
        if (round === this.round) this.tellUnread([{ key: 'q.deal', what: 'the deal', names: allDeals(this).map((one) => one.key) }]);
    }

    /** What the address asks for in vain; a deal only once what it may be among is found. */
    tellUnread(more) {
        const game = { key: 'q.game', what: 'the game', names: gamesOf(this.app.about) };
        const find = { key: 'q.find', what: 'the search', names: SEARCHES.map((one) => one.verb), by: ',' };
        const box = unreadBox(unread(this.state, [game, find, ...more]));
        if (box) replace(this.trouble, box);
    }

    /** The same game under another number of draws. */
    async redraw() {
        const round = this.round;
        this.tableJob.stop();
        const value = await this.askBase();
        if (round !== this.round) return;
        this.value = value;
        this.takeInHand();
        await this.layTable();
    }

    /** Searches that a link names, or those that the picture lives by. */
    wanted() {
        const named = this.state['q.find'];
        if (named !== undefined) return named.split(',').filter(Boolean);
        return this.players.length === 2 ? ['frontier', 'bargain'] : [];
    }

    async layTable() {
        const round = this.round;
        const bar = progressBar('Valuing the packages', () => this.tableJob.stop());
        replace(this.waiting, this.value.packages.length ? bar : null);
        this.show();
        if (!this.value.packages.length) return;
        const table = await this.tableJob.run((progress) => bar.tell(progress)).finally(() => replace(this.waiting));
        if (round !== this.round) return;
        if (table) this.table = table;
        else replace(this.waiting, h('p', { class: 'note' }, 'The packages were not valued. ', h('button', { class: 'quiet', on: { click: () => this.layTable().catch((error) => this.fail(error)) } }, 'Value them')));
        if (readSettings(this.state['q.set']).size) this.show();
        else this.takeInHand();
        this.root.dataset.table = table ? 'shown' : 'stopped';
    }

    look(verb, signal, onProgress) {
        const points = verb === 'frontier' ? { points: 21 } : {};
        const draws = ['frontier', 'nash'].includes(verb) ? { draws: null } : {};
        const params = { ...this.question(), ...draws, ...points };
        if (verb === 'frontier') return this.growFrontier(params, signal, onProgress);
        return this.app.work(`talks/${verb}`, params, { signal, onProgress });
    }

    /** The frontier is drawn as it is found; what was found goes when the answer comes, or when nobody wants it any more. */
    async growFrontier(params, signal, onProgress) {
        const growing = [];
        const onPoint = (point) => {
            growing.push(point.payoff);
            if (this.growing === growing) this.showGrowing();
        };
        this.growing = growing;
        try {
            return await this.app.work('talks/frontier', params, { signal, onProgress, onPoint });
        } finally {
            if (this.growing === growing) this.growing = [];
            if (signal.aborted && this.value) this.showGrowing();
        }
    }

    keepFound(verb, json) {
        this.found[verb] = json;
        const verbs = Object.keys(this.found).join(',');
        const unasked = this.state['q.find'] === undefined && ['frontier', 'frontier,bargain'].includes(verbs);
        if (!unasked) this.set({ 'q.find': verbs }, { quiet: true });
        this.show();
    }

    stop() {
        this.live.drop();
        this.tableJob.stop();
        this.keptJob.stop();
        if (this.search) this.search.stop();
    }

    // The deal in hand.

    /** A slider moves: the point follows. */
    move(settings) {
        this.keptJob.stop();
        this.live.want(settings);
        this.moving = true;
    }

    release(settings) {
        const now = performance.now();
        const again = now - (this.released ?? -Infinity) < STEP; // keys that go on are one step back, not many
        this.moving = false;
        this.released = now;
        this.set({ 'q.set': writeSettings(settings), 'q.deal': settings.size ? null : 'today' }, { quiet: again });
    }

    pick(key) {
        this.set({ 'q.deal': key, 'q.set': null });
    }

    /** The deal of the address: one that is known, or one made by hand. */
    takeInHand() {
        const settings = readSettings(this.state['q.set']);
        if (settings.size) return this.takeSettings(settings);
        this.live.drop();
        this.keptJob.stop();
        const known = allDeals(this);
        const one = known.find((entry) => entry.key === this.state['q.deal']) || known.find((entry) => entry.key === 'today');
        this.hand = one;
        this.trail = [one.deal];
        this.pending = false;
        this.panel.show(settingsOf(one.json, one.deal));
        this.show();
        return undefined;
    }

    async takeSettings(settings) {
        this.panel.show(settings);
        this.pending = true;
        this.live.want(settings);
        try {
            const kept = await this.keptJob.run(settings);
            if (!kept) return;
            this.live.drop();
            this.pending = false;
            this.showHand(kept, false);
            speak(kept.answer.join(' '));
        } catch (error) {
            this.fail(error);
        }
    }

    showLive(json) {
        this.showHand(json, true);
        if (this.drag) this.drag.learn(settingsOf(json, json.deals[2]), json.deals[2]);
    }

    // The point of the deal in hand is dragged.

    /** Only what sliders can make again. */
    canDrag() {
        const { hand } = this;
        return Boolean(hand) && hand.deal.variant === this.value.today.name && !hand.deal.players.some((p) => Math.abs(p.transfer) >= 0.5);
    }

    beginDrag() {
        const { json, deal } = this.hand;
        const settings = settingsOf(json, deal);
        this.steered = writeSettings(settings);
        this.drag = makeDrag(this.value, this.axesOf(), { ask: (next) => this.askWarm(next), onMove: (next) => this.steer(next) });
        if (this.drag) this.drag.start(settings, deal).catch((error) => this.fail(error));
    }

    steer(settings) {
        const text = writeSettings(settings);
        if (text === this.steered) return;
        this.steered = text;
        this.panel.show(settings);
        this.move(settings);
    }

    endDrag() {
        if (this.drag) this.drag.end();
        this.drag = null;
        const settings = readSettings(this.steered);
        if (settings.size) this.release(settings);
    }

    showHand(json, pending) {
        replace(this.trouble);
        this.hand = yoursOf(json);
        this.trail = [...this.trail.slice(1 - TRAIL), this.hand.deal];
        this.pending = pending && !this.moving;
        this.show();
    }

    // What is shown.

    axesOf() {
        const asked = [this.state['q.x'], this.state['q.y']].map((name, k) => (this.players.includes(name) ? name : this.players[k]));
        return asked[0] === asked[1] ? [asked[0], this.players.find((name) => name !== asked[0])] : asked;
    }

    showFrame() {
        const games = this.app.about.scenarios.filter((one) => one.kind === 'game').map((one) => ({ value: one.name, label: one.title || one.name }));
        const draws = DRAWS.map((value) => ({ value, label: value ? `${value} draws of the elasticities` : 'central elasticities only' }));
        replace(this.choices, choice('Game', games, this.game, (name) => this.set({ 'q.game': name, 'q.deal': null, 'q.set': null, 'q.find': null, 'q.x': null, 'q.y': null })), choice('Uncertainty', draws, this.state['q.draws'] || '', (value) => this.set({ 'q.draws': value })));
        this.deals = h('div', { class: 'deals-choice' });
        replace(this.sliders, h('h2', null, 'Try it: make a deal'), this.deals, this.readout, this.panel.element);
        replace(this.searches, h('h2', null, 'Look for more'), h('p', { class: 'note' }, 'Searches run on this machine and can be stopped.'), this.search.element);
    }

    showDeals(known) {
        const at = this.hand && this.hand.kind !== 'yours' ? this.hand.key : '';
        const options = [...(at ? [] : [{ value: '', label: 'a deal of yours' }]), ...known.map((one) => ({ value: one.key, label: one.label }))];
        if (this.deals.contains(document.activeElement)) {
            this.deals.querySelector('select').value = at;
            if (this.dealCount === options.length) return;
        }
        this.dealCount = options.length;
        replace(this.deals, choice('Start from', options, at, (key) => key && this.pick(key)));
        const paid = this.hand && this.hand.deal.players.some((p) => Math.abs(p.transfer) >= 0.5);
        const plain = !paid && (!this.hand || this.hand.kind !== 'package' || isPlain(this.value, this.hand.key));
        if (!plain) this.deals.append(h('p', { class: 'note' }, 'This deal also changes what no slider shows: another variant, or a payment. Moving a slider leaves that out.'));
    }

    show() {
        const known = allDeals(this);
        const hand = this.hand || known.find((one) => one.key === 'today');
        this.showOpening();
        this.showDeals(known);
        this.showPlane(known, hand);
        this.card.show(hand, { pending: this.pending });
        replace(this.readout, readoutOf(hand));
        this.showTable(known, hand);
        this.keep.update({ title: `Would it be kept? ${hand.label}`, unit: '', basis: '', ...keepFigure(hand) });
        this.showOutside(hand);
        const worth = this.table && worthFigure(this.table);
        this.worth.hidden = !worth;
        if (worth) this.worth.update(worth);
        this.root.dataset.hand = hand.key;
    }

    showOpening() {
        const both = this.players.length === 2 ? 'both' : 'all';
        const { answer, deals } = this.table || { answer: null, deals: this.value.deals };
        const sentences = answer || [...deals[0].meaning, `Valuing the ${this.value.packages.length} packages on the table …`];
        const more = sentences.length > 3 && h('details', { class: 'more', open: this.moreOpen }, h('summary', null, 'More of the answer'), sentences.slice(3).map((text) => h('p', { class: 'less' }, text)));
        if (more) more.addEventListener('toggle', () => (this.moreOpen = more.open));
        const [first, ...rest] = sentences.slice(0, 3);
        replace(this.opening, h('p', { class: 'date' }, this.value.title), h('h2', null, `Which deal would ${both} sign, and would ${both} keep it?`), h('div', { class: 'answer' }, h('p', null, first), rest.map((text) => h('p', { class: 'less' }, text)), more));
    }

    showPlane(known, hand) {
        const [a, b] = this.axesOf();
        const shown = known.filter((one) => one.kind !== 'corner');
        const points = shown.map((one) => pointOf(one, [a, b], one.key === hand.key));
        points.push({ ...pointOf(hand, [a, b], true), kind: 'yours', silent: hand.kind !== 'yours' });
        const frontier = this.players.length === 2 ? frontierOf(this.found.frontier, [a, b]) : [];
        const growing = this.growingOn([a, b]);
        const noDeal = points[0];
        const closer = needsCloseUp({ points, frontier: frontier.length ? frontier : growing });
        const unit = 'real income, % of baseline';
        const trail = this.trail.map((deal) => [payoffOf(deal, a).payoff, payoffOf(deal, b).payoff]);
        this.data = { points, frontier, growing, trail, noDeal: [noDeal.x, noDeal.y], names: [`${a}: ${unit}`, `${b}: ${unit}`], close: closer && this.state['q.zoom'] === 'frontier', alt: `Payoffs of ${a} and ${b} in ${points.length} deals.` };
        this.showPlaneTools(a, b, closer);
        const draws = this.state['q.draws'] ? `; crosses: 5 to 95 % of ${this.state['q.draws']} draws` : '';
        const marks = LEGEND.filter(([kind]) => points.some((one) => one.kind === kind)).map(([kind, text]) => h('span', null, markOf(kind), text));
        const shades = [h('span', null, h('i', { class: 'zone-key' }), frontier.length ? 'zone of agreement' : 'better for both than no deal'), frontier.length > 1 && h('span', null, h('i', { class: 'frontier-key' }), 'frontier'), growing.length > 0 && h('span', null, h('i', { class: 'frontier-key growing' }), 'found so far')];
        const crosses = this.state['q.draws'] && h('p', null, `Crosses hold nine in ten draws of the trade elasticities${this.value.drawn_from ? ` (from ${this.value.drawn_from})` : ''}. A point uses the set ${this.value.elasticities} alone, and may lie outside its cross.`);
        replace(this.legend, marks, shades, crosses);
        this.planeFigure.update({
            title: `What ${a} and ${b} get`,
            unit: 'change of real income in percent of baseline income, against the world as it was',
            basis: `up and to the right is better${draws}`,
            note: this.legend,
            table: this.planeTable(points.slice(0, -1), [a, b]),
        });
    }

    /** Places of the points of the frontier found so far. */
    growingOn([a, b]) {
        return this.growing.map((payoff) => [payoff[a], payoff[b]]);
    }

    /** A point is added to the picture as it stands; where it has no place there, or is the first, all is drawn again. */
    showGrowing() {
        const growing = this.growingOn(this.axesOf());
        if (growing.length > 2 && this.plane.grow(growing)) return;
        const known = allDeals(this);
        this.showPlane(known, this.hand || known.find((one) => one.key === 'today'));
    }

    planeTable(points, [a, b]) {
        const format = (value) => signed(value, 4);
        const columns = [{ key: 'label', label: 'Deal' }, ...[a, b].map((name) => ({ key: name, label: name, unit: '% of income', numeric: true, format }))];
        const rows = points.map((one) => ({ key: one.key, label: one.label, [a]: one.x, [b]: one.y }));
        const line = this.found.frontier ? frontierOf(this.found.frontier, [a, b]).map(([x, y], k) => ({ key: null, label: `frontier ${k + 1}`, [a]: x, [b]: y })) : [];
        return { columns, rows: [...rows, ...line], caption: 'Payoffs in the picture' };
    }

    showPlaneTools(a, b, closer) {
        const sides = this.players.length > 2 && ['q.x', 'q.y'].map((key, k) => choice(k ? 'Upwards' : 'Across', this.players.map((name) => ({ value: name, label: name })), [a, b][k], (name) => this.set({ [key]: name })));
        const zoomed = this.state['q.zoom'] === 'frontier';
        const zoom = closer && h('div', { class: 'tools' }, [['', 'The whole table'], ['frontier', 'Close-up of the frontier']].map(([value, text]) => h('button', { class: 'quiet', 'aria-pressed': String(zoomed === Boolean(value)), on: { click: () => this.set({ 'q.zoom': value }) } }, text)));
        const key = `${closer}${zoomed}${a}${b}${this.game}`;
        if (key !== this.toolsKey) replace(this.planeTools, sides, zoom);
        this.toolsKey = key;
        this.planeTools.hidden = !sides && !zoom;
    }

    showTable(known, hand) {
        const all = hand.kind === 'yours' ? [...known, hand] : known;
        const { columns, rows } = dealTable(all, this.players, Boolean(this.state['q.draws']));
        const key = columns.map((column) => column.label).join();
        this.columns = key === this.columnsKey ? this.columns : columns;
        this.columnsKey = key;
        this.tableFigure.update({
            unit: 'percent of baseline income a year, and billion USD a year',
            basis: `gains are over no deal (${this.value.without.title || this.value.without.kind}); packages in order of the product of gains`,
            note: h('span', null, h('span', { class: 'assumed' }, 'assumed'), ` Kept: the patience needed is at most the discount factor of ${this.value.discount} a ${this.value.period}, a breach shows after ${this.value.lag} ${this.value.period}s.`),
            table: { columns: this.columns, rows, caption: 'Deals: press one to take it in hand', onPick: (row) => row.key !== 'package' && this.pick(row.key), picked: this.isPicked },
        });
    }

    showOutside(hand) {
        const reference = references.some((one) => one.value === this.state['q.against']) ? this.state['q.against'] : 'no-deal';
        if (this.outsideReference !== reference) replace(this.outsideTools, choice('Compare', references, reference, (value) => this.set({ 'q.against': value })));
        this.outsideReference = reference;
        this.outside.update(outsideFigure(hand, reference, this.value.deals[1]));
    }

    certificate() {
        const line = (verb, extra = {}) => commandLine(`talks ${verb}`, { ...this.question(), ...extra });
        const answers = [this.table && { json: this.table, line: line('table') }, ...Object.entries(this.found).map(([verb, json]) => ({ json, line: line(verb) }))].filter(Boolean);
        const settings = readSettings(this.state['q.set']);
        const value = { json: this.hand && this.hand.kind === 'yours' ? this.hand.json : this.value, line: line('value', { set: settingParams(settings), kept: settings.size > 0 }) };
        openTalksCertificate([value, ...answers]);
    }

    unmount() {
        this.stop();
    }
}

/** Mounts the view in `root`. */
export function mount(root, app) {
    const view = new Talks(root, app);
    return { update: (state, changed) => view.update(state, changed), unmount: () => view.unmount() };
}
