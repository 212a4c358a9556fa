// What the Calendar says in words: the opening, a measure in detail, the certificate of a path.

import { residualTable, commandBox } from './certificate.js';
import { sayDay, sayMonth } from './calendar_days.js';
import { article } from './detail.js';
import { fact, openDialog, part } from './dialog.js';
import { h } from './dom.js';
import { exact, percent, plain, tiny } from './number.js';

const strong = (text, value) => h('strong', { class: value < 0 ? 'loss' : 'gain' }, text);
const billions = (millions) => `${plain(millions / 1000, 1)} bn USD`;

const monthAt = (answer, month) => answer.months.findIndex((one) => one.month === month);

function observedAt(row, month, basis) {
    const point = row && row.points.find((one) => one.month === month && one.basis === basis);
    return point ? point.value : null;
}

/** What the path says of American purchases from China, beside what customs counted. */
function geneva(answer, end) {
    const row = answer.observed.find((one) => one.series === 'us-imports-china');
    const may = monthAt(answer, '2025-05');
    const last = answer.months.length - 1;
    if (!row || may < 0) return null;
    const model = row.model;
    const counted = observedAt(row, '2025-05', 'year on year');
    const parts = [
        'In May 2025 the path has the United States buy goods for ',
        h('strong', null, billions(model.level[may])),
        ' from China, ',
        strong(percent(model.year_on_year[may], 1), model.year_on_year[may]),
        ' on the year before',
        counted === null ? '.' : `; American customs counted ${percent(counted, 1)}.`,
    ];
    const june = may + 1 <= last ? ` Under the truce it is ${billions(model.level[may + 1])} in June.` : '';
    return h('p', null, parts, june, end ? ` The truce ends on ${sayDay(end.agreed)}; move that day and see.` : '');
}

/** The question and its answer for the path as agreed: elements. */
export function opening({ answer, schedule, end }) {
    const london = schedule.name === 'london-2025';
    const question = london ? 'What if the truce ended on another day?' : schedule.title || schedule.name;
    const lost = answer.stopped && answer.stopped.world ? Math.max(...answer.stopped.world) : 0;
    const when = lost > 0 ? answer.months[answer.stopped.world.indexOf(lost)].month : '';
    return [
        h('h2', null, question),
        h(
            'div',
            { class: 'answer' },
            london && geneva(answer, end),
            lost > 0 && h('p', null, 'Want of inputs that China licenses costs their users ', h('strong', { class: 'loss' }, billions(lost)), ` of output at the worst, in ${sayMonth(new Date(`${when}-01`))}, if criticality is ${exact(answer.settings.criticality)}, which is assumed.`),
        ),
    ];
}

/** What moving an end has done to the pair and country looked at, in a sentence. */
export function consequence({ now, old, name, day, nameOf }) {
    if (!old) return '';
    const pair = (answer, buyer, seller) => answer.pairs.find((one) => one.importer === buyer && one.exporter === seller);
    const [a, b] = [pair(old, 'USA', 'CHN'), pair(now, 'USA', 'CHN')];
    const start = `With the end of ${name} ${day ? `on ${sayDay(day)}` : 'taken away'}`;
    if (!a || !b) return `${start}.`;
    const total = (list) => list.reduce((sum, value) => sum + value, 0);
    const months = now.months.length;
    const change = 100 * (total(b.goods) / total(a.goods) - 1);
    const largest = b.goods.reduce((best, value, t) => (Math.abs(value - a.goods[t]) > Math.abs(b.goods[best] - a.goods[best]) ? t : best), 0);
    const moved = 100 * (b.goods[largest] / a.goods[largest] - 1);
    const duties = total(now.countries.USA.duties) - total(old.countries.USA.duties);
    if (Math.abs(change) < 0.005 && Math.abs(moved) < 0.005) return `${start} nothing changes in these ${months} months.`;
    const more = (value) => (value < 0 ? 'less' : 'more');
    return [
        `${start}, ${article(nameOf('USA'))} buys goods worth ${plain(Math.abs(change), 1)} % ${more(change)} from ${nameOf('CHN')} over the ${months} months than as agreed.`,
        `The difference is largest in ${sayMonth(new Date(`${now.months[largest].month}-01`))}: ${billions(b.goods[largest])} instead of ${billions(a.goods[largest])} (${percent(moved, 1)}).`,
        `It collects ${plain(Math.abs(duties) / 1000, 1)} bn USD ${more(duties)} in duties.`,
    ].join(' ');
}

function dates(measure) {
    const said = (key) => (measure[key] ? sayDay(measure[key]) : '–');
    const others = Object.entries(measure.dates || {}).filter(([source]) => source !== measure.dates_by);
    return [
        fact('Announced', said('announced')),
        fact('Legal', said('legal')),
        fact('Effective', measure.start ? said('effective') : 'never: announced, and nothing came of it yet'),
        fact('Until', measure.until ? `${said('until')}, the first day without it` : 'no end of its own', measure.replaced ? `; replaced by ${measure.replaced} on ${sayDay(measure.end)}` : ''),
        measure.extended !== null && fact('Expected', `to go on past its end with a chance of ${plain(100 * measure.extended, 0)} % (assumed)`),
        others.map(([source, set]) => fact(`Dates by ${source}`, Object.entries(set).filter(([, day]) => day).map(([key, day]) => `${key} ${day}`).join(', '))),
    ];
}

/** A measure in detail. */
export function measureDetail(measure, nameOf) {
    const sectors = `${measure.sectors.join(', ')}${measure.except_sectors.length ? `, except ${measure.except_sectors.join(', ')}` : ''}`;
    const on = `${measure.on.map(nameOf).join(', ')}${measure.except.length ? `, except ${measure.except.map(nameOf).join(', ')}` : ''}`;
    const control = measure.approval !== null ? `${plain(100 * measure.approval, 0)} % approved, decided after ${exact(measure.lag)} months, valid ${exact(measure.validity)} months` : '';
    const green = measure.green ? `green channel for ${measure.green.to.map(nameOf).join(', ')} from ${measure.green.from || 'the start'}, ${plain(100 * measure.green.share, 0)} % of orders` : '';
    return h(
        'section',
        { class: 'measure-detail' },
        h('h4', null, measure.id || measure.kind, measure.assumed && h('span', { class: 'badge' }, 'partly assumed'), !measure.active && h('span', { class: 'badge' }, 'switched off')),
        h('p', null, measure.text),
        h(
            'dl',
            null,
            fact('Who, on whom', `${measure.by.map(nameOf).join(', ')}, ${measure.export ? 'sales to' : 'purchases from'} ${on}`),
            fact('Sectors', sectors, measure.share < 1 ? `; on ${plain(100 * measure.share, measure.share < 0.1 ? 1 : 0)} % of the flow` : ''),
            fact('Size', [measure.size, control, green].filter(Boolean).join('; ')),
            measure.stacks_on.length > 0 && fact('Stacks', `${measure.stacks} ${measure.stacks_on.slice(0, 6).join(', ')}${measure.stacks_on.length > 6 ? ` and ${measure.stacks_on.length - 6} more` : ''}`),
            dates(measure),
            measure.when && fact('Option', measure.when),
            measure.note && fact('Note', measure.note),
            fact('Source', measure.source || 'not stated'),
        ),
    );
}

/** Opens the certificate and the sources of a path. */
export function openPathCertificate(answer, measures, line) {
    const certificate = Object.fromEntries(answer.certificate.residuals.map((one) => [one.name, one.residual]));
    const stocks = answer.certificate.residuals.find((one) => one.name === 'stocks');
    const worst = answer.months.reduce((a, b) => (b.largest_residual > a.largest_residual ? b : a));
    const s = answer.settings;
    return openDialog(
        'Certificate and sources',
        part(
            'Is it solved?',
            h(
                'p',
                null,
                answer.converged ? `Yes: all ${answer.months.length} months. ` : h('strong', { class: 'loss' }, 'No: some months are not an equilibrium. '),
                `${answer.certificate.iterations} iterations; the largest residual, ${tiny(answer.certificate.worst)}, is in ${worst.month}. Stocks add up to ${tiny(stocks ? stocks.residual : null)}.`,
            ),
            residualTable([{ name: 'all months', certificate }]),
        ),
        part(
            'What it rests on',
            h(
                'dl',
                null,
                fact('World', `${answer.world.title || answer.world.name} (${answer.world.name})`),
                fact('Months', answer.basis),
                fact('Suppliers', `substitution ${exact(s.sigma_short)} within a month; 90 % of the long run after ${exact(s.adjust_months)} months; long-run elasticities ${s.elasticities}`),
                fact('Stocks', `${exact(s.months_of_cover)} months of cover, ${exact(s.front_running)} month of use bought ahead of a price expected to double, ${exact(s.look_ahead)} months looked ahead`),
                fact('Licensed inputs', `criticality ${exact(s.criticality)}: the part of a lack that output feels`),
                fact('Deficits', s.closure),
            ),
        ),
        part('What is assumed', h('p', null, 'The settings of stocks, of how fast suppliers, wages and shop prices move, and of criticality are assumed or fitted (parley backtest). Of the measures, these say that something about them is assumed:'), h('ul', null, measures.filter((one) => one.assumed).map((one) => h('li', null, h('strong', null, one.id), ` ${one.note}`)))),
        answer.moved.length > 0 && part('What was moved', h('ul', null, answer.moved.map((one) => h('li', null, `${one.measure}, ${one.date}: ${one.to || 'never'} instead of ${one.from || 'no date'}`)))),
        part('How to make it again', h('p', null, 'The same numbers, bit for bit, in the terminal:'), commandBox(line)),
        answer.observed.length > 0 &&
            part('Where the observed points come from', h('ul', { class: 'sources' }, answer.observed.map((one) => h('li', null, `${one.text} (${one.series}): `, [...new Set(one.points.map((point) => point.source))].join('; '))))),
        part('Where the measures come from', h('p', null, answer.source || 'The scenario names no source of its own.'), h('ol', { class: 'sources' }, [...new Set(measures.map((one) => one.source).filter(Boolean))].map((source) => h('li', null, source)))),
        part('Where the world comes from', h('p', null, answer.world.source || 'not stated')),
    );
}
