// The World view: a question answered, a map that moves with a slider, and what lies behind it.

import './world.css';
import { assumptions } from './assumptions.js';
import { openCertificate } from './certificate.js';
import { diverging, scaleLimit } from './colours.js';
import { controlPanel } from './controls.js';
import { countryPanel } from './country.js';
import { detailOf } from './detail.js';
import { choice, h, problem, replace, speak } from './dom.js';
import { figure } from './figure.js';
import { TRADE, flowPanel } from './flows.js';
import { hatchKey, legend } from './legend.js';
import { unread, unreadBox } from './link.js';
import { loadOutlines, makeMap } from './map.js';
import { readMeasure, readMeasures, writeMeasures } from './measures.js';
import { opening } from './opening.js';
import { NONE, commandLine, latest, questionOf, questionWithMeasures, remembering } from './question.js';
import { ranking } from './ranking.js';
import { digits, money } from './number.js';
import { measurePanel } from './rows.js';
import { SECTOR_KINDS, sectorPanel } from './sectors.js';
import { COUNTRY_NEEDS, VARIABLES, gain, variableOf } from './variables.js';

const PARTIES = ['USA', 'CHN'];
const SUGGESTED = [
    { kind: 'tariff', by: 'USA', on: 'CHN', sectors: '', way: '=', rate: 0 },
    { kind: 'tariff', by: 'CHN', on: 'USA', sectors: '', way: '=', rate: 0 },
];

/** The variant looked at: that of the address, the one of 9 June, or the first. */
function variantOf(state, json) {
    const names = json.variants.map((variant) => variant.name);
    if (names.includes(state.variant)) return state.variant;
    return names.includes('truce') ? 'truce' : names[0];
}

class World {
    constructor(root, app) {
        this.app = app;
        this.ask = remembering(app.ask);
        this.round = 0;
        this.build(root);
        this.live = latest((params) => app.ask('run', params), (json, mark) => this.showLive(json, mark), (error) => this.fail(error));
        this.update(app.state.get(), []);
    }

    set(patch) {
        this.app.state.set(patch);
    }

    build(root) {
        this.opening = h('div', { class: 'opening' }, h('p', { class: 'waiting' }, 'Solving …'));
        this.trouble = h('div', { class: 'trouble' });
        this.scenarios = h('div', { class: 'choices' });
        this.variants = h('fieldset', { class: 'variants' });
        this.measures = measurePanel({ onMove: (own) => this.move(own), onRelease: (own) => this.release(own) });
        this.sentence = h('p', { class: 'sentence', 'aria-live': 'off' });
        this.assumptions = assumptions((patch) => this.set(patch));
        this.ranking = ranking((code) => this.pick(code));
        this.variables = h('div', { class: 'choices' });
        this.mapPlace = h('div', { class: 'map-place' });
        this.country = countryPanel(this);
        this.flows = flowPanel(this);
        this.sectors = sectorPanel(this);
        this.controls = controlPanel();
        const rail = h(
            'aside',
            { class: 'rail', 'aria-label': 'The question' },
            h('section', { class: 'card try' }, h('h3', null, 'Try it: move a tariff'), this.measures.element, this.sentence),
            h('section', { class: 'card' }, this.scenarios, this.variants),
            this.assumptions.element,
        );
        const side = h('section', { class: 'card side', 'aria-label': 'Who gains and who loses' }, this.ranking.element);
        const stage = h('div', { class: 'stage' }, h('div', { class: 'first' }, this.mapPlace, side), this.country.element, this.flows.element, this.sectors.element, this.controls.element);
        replace(root, h('div', { class: 'world' }, this.opening, this.trouble, rail, stage));
        this.showScenarios();
    }

    async update(state) {
        const round = ++this.round;
        this.live.drop();
        this.state = state;
        try {
            const base = await this.ask('run', { ...questionOf(state), variables: COUNTRY_NEEDS.join(',') });
            if (round !== this.round) return;
            const variant = variantOf(state, base);
            const own = readMeasures(state['q.own']);
            this.params = questionWithMeasures(state, variant, own);
            const json = own.length ? await this.ask('run', { ...this.params, variables: COUNTRY_NEEDS.join(',') }) : base;
            if (round !== this.round) return;
            replace(this.trouble, this.unread(base));
            await this.show(base, json, variant, own, round);
        } catch (error) {
            if (round === this.round) this.fail(error);
        }
    }

    /** Shows exact answers: `base` has every variant of the scenario, `json` the one looked at with the reader's measures. */
    async show(base, json, variant, own, round) {
        this.base = base;
        this.json = json;
        this.own = own;
        this.standing = base.variants.find((one) => one.name === variant);
        this.result = json.variants.find((one) => one.name === variant);
        this.codes = json.world.countries.map((country) => country.code);
        this.parties = PARTIES.filter((code) => this.codes.includes(code));
        this.duties = null;
        this.showOpening();
        this.showChoices();
        this.showMeasures();
        await this.showMap();
        if (round !== this.round) return;
        this.paint(this.result.values, true);
        this.showSentence(this.result.values);
        this.sayResult();
        this.element().dataset.shown = `${variant}|${this.state['q.own'] || ''}`;
        performance.mark('parley-shown');
        this.showMore();
    }

    /** What the address asks for in vain. */
    unread(base) {
        return unreadBox(
            unread(this.state, [
                { key: 'tab', what: 'the view', names: ['world', 'calendar', 'talks'] },
                { key: 'variant', what: 'the policy', names: base.variants.map((variant) => variant.name) },
                { key: 'measure', what: 'the variable', names: VARIABLES.map((variable) => variable.key) },
                { key: 'q.own', what: 'the measure', names: (text) => readMeasure(text) !== null, by: ';' },
                { key: 'q.trade', what: 'the picture of trade', names: TRADE },
                { key: 'q.heat', what: 'the picture of sectors', names: SECTOR_KINDS },
            ]),
        );
    }

    /** Says a new answer to those who hear the page; the first one they read. */
    sayResult() {
        const text = this.sentence.textContent;
        if (this.said !== undefined && this.said !== text) speak(text);
        this.said = text;
    }

    element() {
        return this.mapPlace;
    }

    showMore() {
        this.showDuties();
        this.country.show(this);
        this.flows.show(this);
        this.sectors.show(this);
        this.controls.show(this);
    }

    fail(error) {
        if (error.name === 'AbortError' || error.gone) return;
        const again = h('button', { on: { click: () => this.restart() } }, 'Back to the beginning');
        replace(this.trouble, problem(error), !this.result && again);
        if (!this.result) replace(this.opening);
    }

    restart() {
        this.set(Object.fromEntries(Object.keys(this.app.state.get()).map((key) => [key, null])));
    }

    // What may be chosen.

    showScenarios() {
        const scenarios = this.app.about.scenarios.filter((one) => one.kind !== 'game');
        const chosen = questionOf(this.app.state.get()).scenario || NONE;
        const known = chosen === NONE || scenarios.some((one) => one.name === chosen);
        const options = [...scenarios.map((one) => ({ value: one.name, label: one.title || one.name })), { value: NONE, label: 'None: only measures of your own' }, ...(known ? [] : [{ value: chosen, label: chosen }])];
        replace(this.scenarios, choice('Scenario', options, chosen, (scenario) => this.set({ scenario, world: null, variant: null, 'q.own': null, 'q.options': null })));
    }

    showChoices() {
        const { base, state } = this;
        this.showScenarios();
        const radio = (variant) => {
            const props = { type: 'radio', name: 'variant', value: variant.name, checked: variant.name === this.result.name };
            return h('label', { class: 'check' }, h('input', { ...props, on: { change: () => this.set({ variant: variant.name }) } }), h('span', null, variant.title || variant.name));
        };
        replace(this.variants, h('legend', null, 'Policy'), base.variants.map(radio));
        this.variants.hidden = base.variants.length < 2;
        const label = (variable) => ({ value: variable.key, label: variable.label });
        replace(this.variables, choice('Show', VARIABLES.map(label), variableOf(state.measure).key, (measure) => this.set({ measure })));
        this.assumptions.show({ json: base, state, worlds: this.app.about.worlds });
    }

    showMeasures() {
        const { countries, sectors, name } = this.json.world;
        const both = SUGGESTED.filter(({ by, on }) => this.codes.includes(by) && this.codes.includes(on));
        const suggestions = both.map((measure) => ({ measure, standing: this.standingRate(measure) }));
        this.measures.show({ measures: this.own, suggestions, countries, sectors, world: name });
    }

    /** The average duty that stands in the scenario, weighted by trade before; null until it is known. */
    standingRate({ by, on }) {
        const detail = this.duties && detailOf(this.duties, by);
        return detail ? detail.partners.tariff[this.codes.indexOf(on)] : null;
    }

    /** Asks for the duties that stand, where the sliders begin. */
    async showDuties() {
        const round = this.round;
        const params = { ...questionWithMeasures(this.state, this.standing.name, []), country: this.parties, variables: 'real_income' };
        const answer = this.parties.length ? await this.ask('run', params).catch(() => null) : null;
        if (round !== this.round || !answer) return;
        this.duties = answer.variants[0];
        this.showMeasures();
    }

    showOpening() {
        const free = !questionOf(this.state).scenario;
        const { date, question, answer } = free ? opening(this.json, this.result) : opening(this.base, this.standing);
        const [json, variant, params] = free ? [this.json, this.result, this.params] : [this.base, this.standing, questionOf(this.state)];
        const sources = h('button', { class: 'quiet', on: { click: () => openCertificate(json, variant, commandLine('run', params)) } }, 'Certificate and sources');
        replace(this.opening, date && h('p', { class: 'date' }, date), h('h2', null, question), answer, h('p', null, sources));
    }

    // The map.

    async showMap() {
        if (!this.features) this.features = await loadOutlines();
        const world = this.json.world.name + this.codes.length;
        if (this.map && this.mapWorld === world) {
            this.figure.update(this.figureTexts());
            return;
        }
        this.mapWorld = world;
        this.map = makeMap({ features: this.features, codes: this.codes, label: (n) => this.labelOf(n), onPick: (code) => this.pick(code) });
        this.figure = figure({ name: 'parley-world', ...this.figureTexts(), draw: (width, dark) => this.drawMap(width, dark) });
        replace(this.mapPlace, this.variables, this.figure);
    }

    figureTexts() {
        const variable = variableOf(this.state.measure);
        const policy = `${this.result.title || this.result.name}${this.own.length ? ', with your measures' : ''}`;
        const title = `${variable.label}: ${policy}`;
        return {
            title: variable.label,
            alt: title,
            unit: variable.unit,
            basis: policy,
            note: `${variable.says[0].toUpperCase()}${variable.says.slice(1)}; ${variable.basis}, long run; ${this.json.settings.closure} deficits; elasticities ${this.json.settings.elasticities}.`,
            certificate: () => this.openCertificate(),
            table: this.tableOf(title),
        };
    }

    tableOf(caption) {
        const { countries } = this.json.world;
        const values = this.result.values;
        const rows = countries.map((country, n) => Object.fromEntries([['code', country.code], ['name', country.name || country.code], ...VARIABLES.map((variable) => [variable.key, variable.value(values, n)])]));
        this.columns = this.columns || [
            { key: 'name', label: 'Economy' },
            { key: 'code', label: 'Code' },
            ...VARIABLES.map((variable) => ({ key: variable.key, label: variable.label, unit: variable.unit, numeric: true, format: (value) => variable.show(value) })),
        ];
        return { columns: this.columns, rows, caption, name: 'parley-countries', sort: { key: variableOf(this.state.measure).key, down: true }, onPick: (row) => this.pick(row.code), picked: (row) => row.code === this.state.country };
    }

    drawMap(width, dark) {
        this.dark = dark;
        const frame = this.map.draw(width);
        const picture = frame.querySelector('svg');
        this.addLegend(picture, width);
        this.paint(this.values || this.result.values, false);
        return frame;
    }

    addLegend(picture, width) {
        const { height } = picture.viewBox.baseVal;
        const variable = variableOf(this.state.measure);
        const strip = 46;
        picture.setAttribute('viewBox', `0 0 ${width} ${height + strip}`);
        picture.setAttribute('height', height + strip);
        const wide = Math.min(300, width * 0.6);
        picture.append(legend({ x: 2, y: height + 16, width: wide, limit: this.limit || 1, colourOf: diverging(this.limit || 1, this.dark), unit: variable.unit, show: variable.show }));
        if (width > 520) picture.append(hatchKey({ x: wide + 40, y: height + 16 }));
    }

    labelOf(n) {
        const variable = variableOf(this.state.measure);
        const country = this.json.world.countries[n];
        const values = this.values || this.result.values;
        return `${country.name || country.code}: ${variable.show(variable.value(values, n))}`;
    }

    /** Recolours the map and the ranking; an exact answer may also move the scale. */
    paint(values, exact) {
        const variable = variableOf(this.state.measure);
        const numbers = this.codes.map((_, n) => variable.value(values, n));
        this.values = values;
        if (exact) {
            const limit = scaleLimit(numbers);
            if (limit !== this.limit || this.painted !== variable.key) {
                this.limit = limit;
                this.painted = variable.key;
                this.figure.update({});
            }
        }
        const colourOf = diverging(this.limit, this.dark);
        this.map.paint((n) => colourOf(numbers[n]));
        if (exact) {
            this.map.name();
            this.map.pick(this.state.country);
        }
        const entries = this.codes.map((code, n) => ({ code, label: this.json.world.countries[n].name || code, number: numbers[n], text: variable.show(numbers[n], Math.max(0, digits(0, this.limit) - 1)) }));
        this.ranking.show({ entries, parties: this.parties, unplaced: this.map.without(), limit: this.limit });
    }

    // The slider.

    move(own) {
        this.round += 1; // an exact answer that is on its way is too late
        const variable = variableOf(this.state.measure);
        const needs = [...new Set([...variable.needs, 'real_income', 'equivalent_variation'])];
        const params = { ...questionWithMeasures(this.state, this.result.name, own), variables: needs.join(','), certificate: 'no', warm: 1 };
        this.live.want(params, writeMeasures(own));
    }

    /** Steps that follow each other at once, as those of an arrow key, are one for the back button. */
    release(own) {
        const now = performance.now();
        this.app.state.set({ 'q.own': writeMeasures(own) }, { quiet: now - (this.released ?? -Infinity) < 1500 });
        this.released = now;
    }

    showLive(json, mark) {
        replace(this.trouble);
        const variant = json.variants[0];
        this.paint(variant.values, false);
        this.showSentence(variant.values);
        this.element().dataset.live = mark;
    }

    showSentence(values) {
        const name = (code) => this.json.world.countries[this.codes.indexOf(code)].name || code;
        const parts = this.parties.map((code) => `${name(code)} ${gain(values, this.codes.indexOf(code))}`);
        const total = values.equivalent_variation.reduce((sum, value) => sum + value, 0);
        const world = `the world ${Math.abs(total) < 500 ? 'neither loses nor gains' : `${total < 0 ? 'loses' : 'gains'} ${money(Math.abs(total), 0)} bn USD`}`;
        this.sentence.textContent = `Real income a year: ${[...parts, world].join('; ')}.`;
    }

    // One country.

    pick(code) {
        this.set({ country: code });
        speak(`${this.json.world.countries[this.codes.indexOf(code)].name || code} is shown below the map`);
        window.setTimeout(() => this.country.reach(), 0);
    }

    openCertificate(params = this.params) {
        openCertificate(this.json, this.result, commandLine('run', params));
    }

    unmount() {
        this.round += 1;
        this.live.drop();
    }
}

/** Mounts the view in `root`. */
export function mount(root, app) {
    const world = new World(root, app);
    return { update: (state, changed) => world.update(state, changed), unmount: () => world.unmount() };
}
