// The certificate and the sources of a result: how well it solves the model, what it rests on, how to make it again.

import { h } from './dom.js';
import { fact, openDialog, part } from './dialog.js';
import { copy } from './files.js';
import { exact, plain, tiny } from './number.js';

const RESIDUALS = {
    market_clearing: ['Market clearing', 'what is spent on every good, against what its makers and final users must cover'],
    income: ['Income', 'each country’s income, against value added, duties, taxes, rents and its deficit'],
    labour: ['Labour', 'wages, against what employers pay'],
    price_index: ['Prices', 'prices, against unit costs and tariffs'],
    walras: ['Walras', 'the equations left out: world spending against world receipts'],
    rent: ['Rents', 'licence rents paid, against rents received'],
    shares: ['Shares', 'expenditure shares add up to one'],
    complementarity: ['Quantity controls', 'a premium only where a control binds'],
    worst: ['Worst', 'the largest of these'],
};

/** A table of the residuals of one or several certificates: [{name, certificate}]. */
export function residualTable(rows) {
    const keys = Object.keys(RESIDUALS).filter((key) => rows.some((row) => key in row.certificate));
    return h(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Residuals' },
        h(
            'table',
            null,
            h('caption', null, 'Largest relative error of each equation, recomputed from the result by loops that share no code with the solver'),
            h('thead', null, h('tr', null, h('th', { scope: 'col', class: 'plain' }, 'Equation'), rows.map((row) => h('th', { scope: 'col', class: 'numeric plain' }, row.name)))),
            h(
                'tbody',
                null,
                keys.map((key) =>
                    h('tr', null, h('th', { scope: 'row' }, RESIDUALS[key][0], h('span', { class: 'unit' }, ` ${RESIDUALS[key][1]}`)), rows.map((row) => h('td', { class: 'numeric' }, tiny(row.certificate[key])))),
                ),
            ),
        ),
    );
}

/** A command line with a button that copies it. */
export function commandBox(line) {
    const button = h('button', { class: 'quiet' }, 'Copy command');
    button.addEventListener('click', async () => {
        await copy(line, 'Command copied');
        button.textContent = 'Copied';
    });
    return h('div', { class: 'command' }, h('pre', null, h('code', null, line)), button);
}

/** A range of numbers in words: "2.91 to 10.6 by sector". */
function spread(numbers) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return low === high ? plain(low, 2) : `${plain(low, 2)} to ${plain(high, 2)} by sector`;
}

const CLOSURES = {
    fixed: 'trade deficits stay fixed in units of world value added',
    gdp: 'trade deficits stay a fixed share of income',
    balanced: 'compared with a world without trade deficits',
};

function basis(json) {
    const { world, settings } = json;
    return h(
        'dl',
        null,
        fact('World', `${world.notes.title || world.name} (${world.name}): ${world.countries.length} economies, ${world.sectors.length} sectors, ${world.notes.year || ''}`),
        fact('Compared', 'the long run after trade and wages have adjusted, against the world as it was; not a forecast'),
        fact('Units', 'changes in percent of the baseline; money in USD of the world’s year, world value added held constant'),
        fact('Closure', `${settings.closure}: ${CLOSURES[settings.closure] || ''}`),
        fact('Trade elasticities', `set ${settings.elasticities}${settings.theta_by_sector ? `: ${spread(settings.theta_by_sector)}` : ''}; long run`),
        fact('Substitution', `value added and inputs ${exact(settings.sigma_value_added)}, among inputs ${exact(settings.sigma_inputs)}, final goods ${exact(settings.sigma_final)} (1 is Cobb-Douglas)`),
        fact('Labour', settings.kappa === 'inf' ? 'one wage a country' : `mobility between sectors ${exact(settings.kappa)}`),
        (json.options || []).map((option) => fact(option.on ? 'Option on' : 'Option off', option.title)),
    );
}

function assumed(notes) {
    const splits = Object.keys(notes).filter((key) => key.startsWith('split_')).map((key) => h('li', null, notes[key]));
    return [
        h('p', null, notes.comment || 'The world’s notes name nothing that is assumed.'),
        splits.length > 0 && [h('p', null, 'Products made sectors of their own, with what is assumed of each:'), h('ul', null, splits)],
    ];
}

function measures(variant) {
    const rows = (variant.measures || []).map((measure) => h('li', null, measure.text, measure.source && h('span', { class: 'unit' }, ` Source: ${measure.source}`)));
    return rows.length ? h('ol', { class: 'sources' }, rows) : h('p', null, 'No measures: the world as it was.');
}

/** Opens the certificate of results of `parley run`: the JSON, the variant looked at, the command line. */
export function openCertificate(json, variant, line) {
    const { notes } = json.world;
    const rows = json.variants.map((one) => ({ name: one.name, certificate: one.certificate }));
    const start = variant.start || json.start;
    return openDialog(
        'Certificate and sources',
        part(
            'Is it solved?',
            h(
                'p',
                null,
                variant.converged ? 'Yes. ' : h('strong', { class: 'loss' }, 'No: these numbers are not an equilibrium. '),
                `${variant.method}, ${variant.iterations} iterations${start ? `, ${start} start` : ''}. A solve stops when no variable changes by more than ${tiny(json.settings.tolerance)} (relative).`,
            ),
            residualTable(rows),
        ),
        part('What it rests on', basis(json)),
        part('What is assumed or approximated', assumed(notes)),
        part('How to make it again', h('p', null, 'The same numbers, bit for bit, in the terminal:'), commandBox(line)),
        part(`Measures: ${variant.title || variant.name}`, measures(variant)),
        part('Where the world comes from', h('dl', null, fact('Sources', notes.source || 'not stated'), fact('Terms', notes.license || 'not stated'), fact('To cite', notes.references || 'not stated'), fact('Made by', h('pre', null, notes.history || '')))),
    );
}
