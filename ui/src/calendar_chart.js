// The chart of months: what is chosen, on which basis, as modelled and as observed.

import { linePicture, lineTable, lineWords } from './calendar_lines.js';
import { BASES, GROUPS, SERIES, basisWords, hasBasis, monthsOf, observedSeries, pointNote, pointsOf, seriesOf, unitOf } from './calendar_series.js';
import { choice, h, replace } from './dom.js';
import { figure } from './figure.js';

function placeOf(view, series) {
    const { now, state } = view;
    const pairs = now.pairs.map((pair) => `${pair.importer}<-${pair.exporter}`);
    const asked = (state['q.pair'] || '').split('<-');
    const known = asked.length === 2 && asked.every((code) => now.countries[code]);
    const pair = known ? state['q.pair'] : pairs.includes('USA<-CHN') ? 'USA<-CHN' : pairs[0] || '';
    const [buyer, seller] = pair.split('<-');
    const country = now.countries[state.country] ? state.country : now.countries.USA ? 'USA' : Object.keys(now.countries)[0];
    const sectors = now.sectors || [];
    const sector = state['q.sector'] && sectors.some((one) => one.sector === state['q.sector']) ? state['q.sector'] : '';
    return { pair, buyer, seller, country, sector, of: series.of };
}

/** What the series is of, in words. */
function placeWords(view, series, place) {
    if (series.of === 'pair') return `${view.nameOf(place.buyer)} from ${view.nameOf(place.seller)}`;
    if (series.of === 'country') return view.nameOf(place.country);
    if (series.of === 'sector') return place.sector ? `${view.sectorOf(place.sector)}, ${view.nameOf(place.country)}` : view.nameOf(place.country);
    return '';
}

/** The panel; show() draws what the view's state says. */
export function chartPanel(view) {
    const choosers = h('div', { class: 'choices' });
    const bases = h('fieldset', { class: 'bases' });
    const place = h('div');
    const element = h('section', { class: 'part' }, h('h2', null, 'Month by month'), h('div', { class: 'chart-tools' }, choosers, bases), place);
    let chart = null;

    function seriesChooser(series) {
        const groups = GROUPS.map((group) => {
            const entries = group.of === 'observed' ? view.now.observed.map(observedSeries).map((one) => [one.key, one]) : Object.entries(SERIES).filter(([, one]) => one.of === group.of);
            return entries.length > 0 && h('optgroup', { label: group.label }, entries.map(([key, one]) => h('option', { value: key, selected: key === series.key }, one.label)));
        });
        const select = h('select', { on: { change: () => view.set({ 'q.show': select.value === 'goods' ? null : select.value }) } }, groups);
        select.value = series.key;
        return h('label', { class: 'field' }, h('span', null, 'Show'), select);
    }

    function placeChoosers(series, at) {
        const economies = [...view.world.countries].sort((a, b) => (a.name || a.code).localeCompare(b.name || b.code)).map((one) => ({ value: one.code, label: one.name || one.code }));
        if (series.of === 'pair')
            return [
                choice('Buyer', economies, at.buyer, (code) => view.set({ 'q.pair': `${code}<-${code === at.seller ? (code === 'CHN' ? 'USA' : 'CHN') : at.seller}` })),
                choice('Seller', economies, at.seller, (code) => view.set({ 'q.pair': `${code === at.buyer ? (code === 'CHN' ? 'USA' : 'CHN') : at.buyer}<-${code}` })),
            ];
        if (series.of === 'country' || series.of === 'sector') {
            const country = choice('Economy', economies, at.country, (code) => view.set({ country: code }));
            if (series.of === 'country') return [country];
            const sectors = view.world.sectors.map((one) => ({ value: one.code, label: `${one.code} ${one.name || ''}` }));
            return [country, choice('Sector', [...(at.sector ? [] : [{ value: '', label: 'choose one' }]), ...sectors], at.sector, (code) => view.set({ 'q.sector': code }))];
        }
        return [];
    }

    function showBases(series, basis) {
        const radio = ([key, { label }]) =>
            h('label', { class: 'check' }, h('input', { type: 'radio', name: 'calendar-basis', value: key, checked: key === basis, on: { change: () => view.set({ 'q.basis': key === 'level' ? null : key }) } }), h('span', null, label));
        replace(bases, h('legend', null, 'Basis'), Object.entries(BASES).filter(([key]) => hasBasis(series, key)).map(radio));
    }

    function show() {
        const { now, old, state } = view;
        const series = seriesOf(state['q.show'], now);
        const basis = BASES[state['q.basis']] && hasBasis(series, state['q.basis']) ? state['q.basis'] : 'level';
        const at = placeOf(view, series);
        const values = monthsOf(series, now, at, basis);
        const before = old && monthsOf(series, old, at, basis);
        const points = values ? pointsOf(series, now, at, basis) : [];
        const unit = unitOf(series, basis);
        const lines = [...(before ? [{ label: 'Path as agreed', values: before, faint: true, dash: '4,3' }] : []), ...(values ? [{ label: old ? 'Path with the end moved' : 'Path', values }] : [])];
        const spec = { months: view.months, lines, points, days: view.days, unit, zero: basis !== 'index', height: 320 };
        const where = placeWords(view, series, at);
        const title = `${series.label}${where ? `: ${where}` : ''}`;
        const missing = series.of === 'sector' && !at.sector ? 'Choose a sector.' : !values ? 'No measure changes the policy between these two, so that the path does not tell them apart.' : '';
        const options = {
            title,
            unit,
            basis: basisWords(series, basis),
            note: [missing, pointNote(points, basis, series.kind)].filter(Boolean).join(' '),
            alt: values ? lineWords(spec) : missing,
            kept: 'path',
            name: `parley-path-${series.key.replace(/\W/g, '-')}`,
            draw: (width, dark) => (values ? linePicture(spec, width, dark) : h('p', { class: 'waiting' }, missing)),
            table: lineTable(spec, `${title}, ${unit}`),
            certificate: () => view.openCertificate(),
        };
        replace(choosers, seriesChooser(series), placeChoosers(series, at));
        showBases(series, basis);
        if (chart) chart.update(options);
        else {
            chart = figure(options);
            replace(place, chart);
        }
        element.dataset.series = `${series.key}|${at.pair}|${at.country}|${at.sector}|${basis}`;
    }

    return { element, show };
}
