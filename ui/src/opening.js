// What the page says first: a question, and its answer in sentences with numbers.

import { h } from './dom.js';
import { money, percent } from './number.js';

const strong = (value) => h('strong', { class: value < 0 ? 'loss' : 'gain' }, percent(value, 2));
const billions = (value) => `${money(Math.abs(value), 0)} bn USD`;

function reader(json) {
    const codes = json.world.countries.map((country) => country.code);
    return (variant, code) => json.variants.find((one) => one.name === variant).values.real_income[codes.indexOf(code)];
}

/** How many economies lose at least a thousandth of a percent. */
function losers(values) {
    return values.real_income.filter((value) => value < -0.001).length;
}

function geneva(json) {
    const income = reader(json);
    const [war, truce] = ['war', 'truce'].map((name) => json.variants.find((one) => one.name === name));
    const lapse = json.variants.find((one) => one.name === 'lapse');
    const total = (variant) => variant.world_total.equivalent_variation;
    return h(
        'div',
        { class: 'answer' },
        h(
            'p',
            null,
            'In the long run, against the policies of January 2025, real income of the United States is ',
            strong(income('truce', 'USA')),
            ' under the truce, instead of ',
            strong(income('war', 'USA')),
            ' had the war of April gone on; China’s is ',
            strong(income('truce', 'CHN')),
            ' instead of ',
            strong(income('war', 'CHN')),
            `. The world loses ${billions(total(truce))} a year instead of ${billions(total(war))}, and `,
            `${losers(truce.values)} of ${json.world.countries.length} economies stay worse off than without any of it.`,
        ),
        lapse &&
            h(
                'p',
                null,
                'If the truce lapses on 12 August and nothing takes its place: ',
                strong(income('lapse', 'USA')),
                ' and ',
                strong(income('lapse', 'CHN')),
                '.',
            ),
    );
}

function plain(json, variant) {
    const { countries } = json.world;
    const values = variant.values.real_income;
    const order = values.map((_, n) => n).sort((a, b) => values[b] - values[a]);
    const name = (n) => countries[n].name || countries[n].code;
    const [first, last] = [order[0], order[order.length - 1]];
    if (values[first] - values[last] < 1e-6) return h('p', { class: 'answer' }, 'Nothing is changed yet. Move a tariff, or add a measure of your own.');
    const total = variant.world_total.equivalent_variation;
    return h(
        'p',
        { class: 'answer' },
        `${name(first)} fares best with `,
        strong(values[first]),
        ` of real income, ${name(last)} worst with `,
        strong(values[last]),
        `. The world ${total < 0 ? 'loses' : 'gains'} ${billions(total)} a year.`,
    );
}

/** The title; that of a question of one line is its measures, or nothing when they change nothing. */
function title(json) {
    if (json.name !== 'question') return json.title || json.name;
    return /: tariff on goods from all up by 0 percentage points$/.test(json.title) ? 'What would a tariff change?' : json.title;
}

/** The question and its answer: {question, answer} for the results of a scenario and the variant looked at. */
export function opening(json, variant) {
    const names = json.variants.map((one) => one.name);
    const london = json.name === 'london-2025' && names.includes('war') && names.includes('truce');
    if (london) return { date: 'London, 9 June 2025', question: 'What did the truce of Geneva change?', answer: geneva(json) };
    return { date: '', question: title(json), answer: plain(json, variant) };
}
