// The Calendar view: measures by date, months as a path and as observed, and an end that can be moved.

import { chartPanel } from './calendar_chart.js';
import { addMonths, readDay, sayDay, sayShortDay } from './calendar_days.js';
import { endPanel } from './calendar_end.js';
import { domainOf, ganttPicture } from './calendar_gantt.js';
import { endsOf, nameOfEnd, readMeasures } from './calendar_measures.js';
import { smallPanels } from './calendar_panels.js';
import { BASES, SERIES } from './calendar_series.js';
import { LENGTHS, pathQuestion, readMoves, writeMoves } from './calendar_question.js';
import { consequence, measureDetail, opening, openPathCertificate } from './calendar_words.js';
import { choice, h, problem, replace, speak } from './dom.js';
import { figure } from './figure.js';
import { unread, unreadBox } from './link.js';
import { NONE, commandLine, questionOf, remembering } from './question.js';

const NAMES = { 'China-and-Hong-Kong': 'China and Hong Kong', all: 'all', 'reciprocal-partners': 'partners with reciprocal duties', 'other-partners': 'other partners' };

function variantOf(state, names) {
    if (names.includes(state.variant)) return state.variant;
    return names.includes('truce') ? 'truce' : names[0];
}

class Calendar {
    constructor(root, app) {
        this.app = app;
        this.ask = remembering(app.ask);
        this.path = this.rememberPaths(app.work);
        this.round = 0;
        this.build(root);
        this.update(app.state.get());
    }

    /** Paths by question. What is cancelled is forgotten. */
    rememberPaths(work) {
        const kept = new Map();
        return (params, options) => {
            const key = JSON.stringify(params);
            if (kept.has(key)) return Promise.resolve(kept.get(key));
            return work('path', params, options).then((answer) => {
                kept.set(key, answer);
                if (kept.size > 12) kept.delete(kept.keys().next().value);
                return answer;
            });
        };
    }

    set(patch, options) {
        this.app.state.set(patch, options);
    }

    build(root) {
        this.opening = h('div', { class: 'opening' }, h('p', { class: 'waiting' }, 'Following the months …'));
        this.trouble = h('div');
        this.end = endPanel({ onChoose: (key) => this.set({ 'q.end': key, 'q.move': null }), onMove: (day) => this.showHandle(day), onRelease: (day) => this.moveEnd(day), onCancel: () => this.cancel() });
        this.sentence = h('p', { class: 'consequence', role: 'status' });
        this.scenarios = h('div', { class: 'choices' });
        this.ganttPlace = h('div', { class: 'gantt' });
        this.detail = h('div', { class: 'detail', 'aria-live': 'polite' });
        this.chart = chartPanel(this);
        this.panels = smallPanels();
        replace(
            root,
            h(
                'div',
                { class: 'calendar' },
                this.opening,
                this.trouble,
                h('div', { class: 'top-row' }, h('section', { class: 'card try', 'aria-label': 'Move an end' }, this.end.element, this.sentence), h('section', { class: 'card', 'aria-label': 'The question' }, this.scenarios)),
                this.ganttPlace,
                this.detail,
                this.chart.element,
                h('section', { class: 'part' }, h('h2', null, 'What lies behind it'), this.panels.element),
            ),
        );
    }

    async update(state, changed = []) {
        const looked = changed.length > 0 && changed.every((key) => ['q.show', 'q.basis', 'q.measure'].includes(key));
        this.state = state;
        if (looked && this.schedule) {
            // What is on its way goes on, and is shown as it is looked at then.
            replace(this.trouble, this.unread());
            if (this.now && this.done === this.round) this.showChart();
            this.showDetail();
            return;
        }
        const round = ++this.round;
        this.stop();
        this.controller = new AbortController();
        try {
            await this.load(state, round);
        } catch (error) {
            if (round !== this.round) return;
            this.end.idle();
            if (error.name === 'AbortError') return;
            if (error.gone) return;
            replace(this.trouble, problem(error));
            if (!this.now) replace(this.opening);
            this.showScenarios();
        }
    }

    async load(state, round) {
        const late = () => round !== this.round;
        const asked = questionOf(state);
        if (!asked.scenario) throw new Error('Measures of your own have no dates, so that there is no calendar of them. Choose a scenario.');
        const [{ world }, schedule] = await Promise.all([this.ask('run', { ...asked, variables: 'real_income' }), this.ask('run', { ...asked, timeline: true })]);
        if (late()) return;
        this.world = world;
        this.codes = world.countries.map((one) => one.code);
        this.variant = variantOf(state, schedule.variants.map((one) => one.name));
        this.schedule = schedule;
        this.moves = readMoves(state['q.move']);
        this.measures = readMeasures(schedule, this.moves);
        this.ends = endsOf(this.measures);
        this.chosen = this.ends.find((one) => one.key === state['q.end']) || this.ends[0] || null;
        const variant = schedule.variants.find((one) => one.name === this.variant);
        this.today = variant && variant.on ? { day: readDay(variant.on), label: sayShortDay(readDay(variant.on)) } : null;
        this.question = { variant: this.variant, codes: this.codes, sectors: world.sectors.map((one) => one.code) };
        replace(this.trouble, this.unread());
        this.showScenarios();
        this.showEnd();
        this.showGantt();
        await this.follow(state, round);
    }

    /** What the address asks for in vain. */
    unread() {
        const { codes, sectors } = this.question;
        return unreadBox(
            unread(this.state, [
                { key: 'variant', what: 'the policy', names: this.schedule.variants.map((one) => one.name) },
                { key: 'q.move', what: 'the date', names: (text) => readMoves(text).length === 1, by: ';' },
                { key: 'q.months', what: 'a length in months of', names: LENGTHS.map(String) },
                { key: 'q.end', what: 'the end', names: this.ends.map((one) => one.key) },
                { key: 'q.measure', what: 'the measure', names: this.measures.map((one) => one.id) },
                { key: 'q.basis', what: 'the basis', names: Object.keys(BASES) },
                { key: 'q.show', what: 'the series', names: (text) => SERIES[text] !== undefined || text.startsWith('r:') },
                { key: 'q.pair', what: 'the pair', names: (text) => text.split('<-').length === 2 && text.split('<-').every((code) => codes.includes(code)) },
                { key: 'q.sector', what: 'the sector', names: (text) => sectors.includes(text) },
                { key: 'country', what: 'the economy', names: (text) => codes.includes(text) },
            ]),
        );
    }

    /** The path as agreed first, then the one with the dates moved. */
    async follow(state, round) {
        const { signal } = this.controller;
        const asked = this.moves.length ? [[], this.moves] : [[]];
        const answers = [];
        for (const [k, moves] of asked.entries()) {
            const params = pathQuestion(state, { ...this.question, moves });
            this.end.busy(asked.length > 1 && k === 0 ? 'Following the months as agreed' : 'Following the months');
            answers.push(await this.path(params, { signal, onProgress: (progress) => round === this.round && this.end.progress(progress) }));
            if (round !== this.round) return;
            this.params = params;
        }
        this.end.idle();
        this.old = answers.length > 1 ? answers[0] : null;
        this.now = answers[answers.length - 1];
        this.show(answers[0]);
    }

    show(agreed) {
        this.months = this.now.months.map((one) => readDay(one.month));
        this.showOpening(agreed);
        this.showSentence();
        this.showGantt();
        this.showChart();
        this.showDetail();
        this.panels.show(this.now, this.old, this);
        this.done = this.round;
        this.ganttPlace.dataset.shown = `${this.variant}|${this.state['q.move'] || ''}`;
        performance.mark('parley-shown');
    }

    // Names.

    nameOf = (code) => {
        const found = this.world.countries.find((one) => one.code === code);
        return (found && found.name) || NAMES[code] || code;
    };

    sectorOf = (code) => {
        const found = this.world.sectors.find((one) => one.code === code);
        return (found && found.name) || code;
    };

    get country() {
        return this.codes.includes(this.state.country) ? this.state.country : 'USA';
    }

    /** Days drawn on every chart: today, and the end that can be moved. */
    get days() {
        const days = this.today ? [{ date: this.today.day, label: this.today.label, anchor: 'end' }] : [];
        const end = this.chosen;
        if (!end) return days;
        const now = this.measures.find((one) => end.measures.includes(one.id)).until;
        if (now) days.push({ date: now, label: `end of ${nameOfEnd(end).replace(/ for .*/, '')}`, dash: '6,3', anchor: 'start' });
        return days;
    }

    // What may be chosen.

    showScenarios() {
        const { state } = this;
        const scenarios = this.app.about.scenarios.filter((one) => one.kind !== 'game');
        const chosen = questionOf(state).scenario || NONE;
        const options = scenarios.map((one) => ({ value: one.name, label: one.title || one.name }));
        if (!options.some((one) => one.value === chosen)) options.push({ value: chosen, label: chosen === NONE ? 'None' : chosen });
        const months = LENGTHS.map((count) => ({ value: String(count), label: `${count} months` }));
        const length = LENGTHS.includes(Number(state['q.months'])) ? state['q.months'] : '18';
        const asked = new Map((state['q.options'] || '').split(',').filter(Boolean).map((text) => text.split('=')));
        const options_ = ((this.schedule && this.schedule.options) || []).map((option) => {
            const box = h('input', { type: 'checkbox', checked: option.on });
            box.addEventListener('change', () => {
                asked.set(option.name, box.checked ? 'on' : 'off');
                this.set({ 'q.options': [...asked].map(([name, on]) => `${name}=${on || 'on'}`).join(',') });
            });
            return h('label', { class: 'check' }, box, h('span', null, option.title || option.name));
        });
        replace(
            this.scenarios,
            choice('Scenario', options, chosen, (scenario) => this.set({ scenario, world: null, variant: null, 'q.own': null, 'q.move': null, 'q.end': null, 'q.options': null, 'q.measure': null })),
            choice('How far', months, length, (count) => this.set({ 'q.months': count === '18' ? null : count })),
            options_.length > 0 && h('details', { class: 'more' }, h('summary', null, 'Options of the scenario'), h('fieldset', null, h('legend', { class: 'unseen' }, 'Options of the scenario'), options_)),
        );
    }

    showEnd() {
        const end = this.chosen;
        if (!end) return this.end.hide();
        const current = this.measures.find((one) => one.id === end.measures[0]).until;
        return this.end.show({ ends: this.ends, end: { ...end, now: current }, name: nameOfEnd(end), latest: this.latest() });
    }

    /** The last day of the path. */
    latest() {
        const months = Number(this.state['q.months']) || 18;
        const first = this.measures.flatMap((one) => [one.announced, one.start].filter(Boolean)).reduce((a, b) => (a < b ? a : b));
        return addMonths(first, months - 1);
    }

    moveEnd(day) {
        const end = this.chosen;
        const agreed = day && day.getTime() === end.agreed.getTime();
        const text = day ? day.toISOString().slice(0, 10) : 'never';
        this.set({ 'q.move': agreed ? null : writeMoves(end.measures, text) });
        speak(agreed ? `${nameOfEnd(end)} ends as agreed` : `${nameOfEnd(end)} ends ${day ? `on ${sayDay(day)}` : 'never'}`);
    }

    showHandle(day) {
        if (this.picture && this.picture.handle) this.picture.handle.put(day || this.latest());
        this.end.put(day);
    }

    /** Stops what is computed and goes back to the dates of the path shown. */
    cancel() {
        this.round += 1;
        this.stop();
        this.end.idle();
        speak('Cancelled');
        if (!this.now) {
            replace(this.opening, h('p', null, 'Cancelled. '), h('button', { on: { click: () => this.update(this.app.state.get()) } }, 'Follow the months'));
            return;
        }
        const moved = (this.now ? this.now.moved : []).map((one) => `${one.measure}.${one.date}=${one.to || 'never'}`).join(';');
        if ((this.state['q.move'] || '') === moved) this.update(this.state);
        else this.set({ 'q.move': moved || null });
    }

    stop() {
        if (this.controller) this.controller.abort();
    }

    // Pictures.

    showGantt() {
        const end = this.chosen && { ...this.chosen, now: this.measures.find((one) => one.id === this.chosen.measures[0]).until };
        const options = {
            measures: this.measures,
            nameOf: this.nameOf,
            ends: this.ends,
            end,
            nameOfEnd: end ? nameOfEnd(end) : '',
            domain: domainOf(this.measures, this.ends, this.latest()),
            latest: this.latest(),
            today: this.today,
            picked: (entry) => entry.measures.some((one) => one.id === this.state['q.measure']),
            onPick: (entry) => this.pickMeasure(entry.measures[0].id),
            onMove: (day) => this.end.put(day),
            onRelease: (day) => this.moveEnd(day),
        };
        const texts = {
            title: 'Measures by date',
            basis: 'circle: announced · bar: in force, from the day customs collect · short upright line: legal date where it differs · pale: an exemption, or switched off by an option · *: its note says that something about it is assumed',
            note: end ? `Drag the end of ${options.nameOfEnd}, or move it with the arrow keys. Click a bar for its dates and its source.` : 'Click a bar for its dates and its source.',
            draw: (width, dark) => this.drawGantt(options, width, dark),
            table: this.measureTable(),
            name: 'parley-measures',
            certificate: this.now ? () => this.openCertificate() : null,
        };
        if (!this.gantt) {
            this.gantt = figure(texts);
            replace(this.ganttPlace, this.gantt);
        } else this.gantt.update(texts);
    }

    drawGantt(options, width, dark) {
        const holder = this.picture && this.picture.parentElement;
        const place = holder ? holder.scrollLeft : null;
        const stops = () => (this.picture ? [...this.picture.querySelectorAll('[tabindex]')] : []);
        const held = stops().indexOf(document.activeElement);
        this.picture = ganttPicture(options, width, dark);
        if (held >= 0) queueMicrotask(() => this.hold(stops()[held]));
        const { wide } = this.picture;
        // A narrow screen begins at today, and stays where it was.
        if (wide > width + 1)
            window.requestAnimationFrame(() => {
                const frame = this.picture.parentElement;
                if (!frame) return;
                frame.onscroll = () => this.picture.follow(frame.scrollLeft);
                frame.scrollLeft = place === null ? this.picture.middle - width / 2 : place;
                this.picture.follow(frame.scrollLeft);
            });
        return this.picture;
    }

    /** A picture drawn anew keeps the focus where it was. */
    hold(stop) {
        if (!stop) return;
        if (stop !== this.picture.handle) {
            this.picture.querySelectorAll('.bar').forEach((one) => one.setAttribute('tabindex', '-1'));
            stop.setAttribute('tabindex', '0');
        }
        stop.focus({ preventScroll: true });
    }

    pickMeasure(id) {
        this.set({ 'q.measure': id }, { quiet: true });
        this.detail.scrollIntoView({ block: 'nearest' });
    }

    measureTable() {
        const day = (date) => (date ? date.toISOString().slice(0, 10) : '');
        this.measureColumns = this.measureColumns || [
            { key: 'id', label: 'Measure' },
            { key: 'text', label: 'What it does' },
            { key: 'announced', label: 'Announced' },
            { key: 'legal', label: 'Legal' },
            { key: 'effective', label: 'Effective' },
            { key: 'until', label: 'Until' },
            { key: 'replaced', label: 'Replaced by' },
            { key: 'assumed', label: 'Assumed' },
            { key: 'source', label: 'Source' },
        ];
        const rows = this.measures.map((one) => ({ id: one.id, text: one.text, announced: day(one.announced), legal: day(one.legal), effective: day(one.effective), until: day(one.until), replaced: one.replaced || '', assumed: one.assumed ? 'partly' : '', source: one.source || '' }));
        return { columns: this.measureColumns, rows, caption: 'Measures, in the order of the scenario', onPick: (row) => this.pickMeasure(row.id), picked: (row) => row.id === this.state['q.measure'] };
    }

    showDetail() {
        const chosen = this.measures.find((one) => one.id === this.state['q.measure']);
        if (this.gantt) this.gantt.update({});
        if (!chosen) return replace(this.detail);
        const close = h('button', { class: 'quiet', on: { click: () => this.set({ 'q.measure': null }, { quiet: true }) } }, 'Close');
        return replace(this.detail, h('div', { class: 'card' }, measureDetail(chosen, this.nameOf), h('div', { class: 'tools' }, close)));
    }

    showOpening(agreed) {
        const date = this.schedule.name === 'london-2025' && this.today ? `London, ${sayDay(this.today.day)}` : '';
        const sources = h('button', { class: 'quiet', on: { click: () => this.openCertificate() } }, 'Certificate and sources');
        replace(this.opening, date && h('p', { class: 'date' }, date), opening({ answer: agreed, schedule: this.schedule, end: this.chosen }), h('p', null, sources));
    }

    showSentence() {
        const end = this.chosen;
        const day = end && this.measures.find((one) => one.id === end.measures[0]).until;
        this.sentence.textContent = this.old && end ? consequence({ now: this.now, old: this.old, name: nameOfEnd(end), day, nameOf: this.nameOf }) : '';
    }

    showChart() {
        this.chart.show();
    }

    openCertificate = () => openPathCertificate(this.now, this.measures, commandLine('path', this.params));

    unmount() {
        this.round += 1;
        this.stop();
    }
}

/** Mounts the view in `root`. */
export function mount(root, app) {
    const calendar = new Calendar(root, app);
    return { update: (state, changed) => calendar.update(state, changed), unmount: () => calendar.unmount() };
}
