// Certificate and sources of talks: how well the equilibria behind the deals are solved, what is assumed, where it is from.

import { commandBox } from './certificate.js';
import { openDialog, part } from './dialog.js';
import { h } from './dom.js';
import { tiny } from './number.js';

function plainTable(caption, heads, rows) {
    return h(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        h(
            'table',
            null,
            h('caption', null, caption),
            h('thead', null, h('tr', null, heads.map((head) => h('th', { scope: 'col', class: 'plain' }, head)))),
            h('tbody', null, rows.map(([first, ...rest]) => h('tr', null, h('th', { scope: 'row' }, first), rest.map((cell) => h('td', null, cell))))),
        ),
    );
}

function searches(answers) {
    const rows = answers.flatMap(({ json }) => json.deals.map((deal) => [deal.name, deal.converged ? 'yes' : h('strong', { class: 'loss' }, 'no'), Number.isFinite(deal.residual) ? tiny(deal.residual) : 'not recomputed', deal.outcome || 'valued, not searched for']));
    return plainTable('Every equilibrium behind a deal', ['Deal', 'Solved', 'Largest residual', 'How the search ended'], rows);
}

function units(json) {
    const { variables } = json;
    return plainTable('Units', ['What', 'Unit', 'Meaning'], Object.keys(variables).map((key) => [key, variables[key].unit, variables[key].long_name]));
}

function measures(variant) {
    if (!variant.measures || !variant.measures.length) return h('p', null, 'No measures.');
    return h('ol', { class: 'sources' }, variant.measures.map((one) => h('li', null, one.text, one.source && h('span', { class: 'unit' }, ` Source: ${one.source}`))));
}

const WITHOUT = { nash: 'Without a deal everybody does what is best for it (mutual best responses).', closed: 'Without a deal every instrument goes to the end that stops most trade.' };

/** Opens the certificate for the answers behind the view: [{json, line}]. */
export function openTalksCertificate(answers) {
    const { json } = answers[0];
    const worst = Math.max(...answers.map((one) => one.json.worst_residual));
    return openDialog(
        'Certificate and sources',
        part('Is it solved?', h('p', null, `The largest residual of any equilibrium is ${tiny(worst)} (relative), recomputed by loops that share no code with the solver.`), searches(answers)),
        part('What it rests on', h('p', null, `${json.basis} World ${json.world}; elasticities ${json.elasticities}, long run.`), units(json)),
        part('What is assumed', plainTable('Assumed, not observed', ['What', 'Value', 'Why'], json.assumed.map((one) => [one.what, one.value, one.why]))),
        part('How to make it again', h('p', null, 'The same numbers in the terminal:'), answers.map((one) => commandBox(one.line))),
        part(`What stands today: ${json.today.title}`, measures(json.today)),
        json.without.measures ? part(`Without a deal: ${json.without.title}`, measures(json.without)) : part('Without a deal', h('p', null, WITHOUT[json.without.kind])),
        part('Where it comes from', h('dl', null, json.sources.map((one) => [h('dt', null, one.what), h('dd', null, one.text)]))),
    );
}
