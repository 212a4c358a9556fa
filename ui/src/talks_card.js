// The deal in hand: what each side gets, whether it signs and keeps, and what it means in sentences.

import { h, replace } from './dom.js';
import { patienceText } from './talks_deals.js';
import { moneyOf, payoffOf } from './talks_game.js';
import { percent, rate, signed } from './number.js';

function keeping(json, p) {
    if (p.keeps === undefined) return null;
    if (p.breach - p.payoff <= 5e-5) return 'nothing to gain by breaking it';
    if (p.patience === 'never') return 'the deal is no better than the punishment';
    return `needs ${patienceText(p.patience)} a ${json.period}; assumed ${json.discount}`;
}

/** Whether it would be kept under the other punishment, where that was asked. */
function otherwise(json, p) {
    if (p.keeps_otherwise === undefined || p.keeps === undefined) return null;
    const keeps = p.keeps_otherwise;
    const other = json.punished_by === 'nash' ? 'going back to no deal' : 'mutual best responses';
    const change = keeps === p.keeps ? (keeps ? 'would keep it as well' : 'would not keep it either') : keeps ? 'would keep it' : 'would not keep it';
    return `punished by ${other}: ${change}`;
}

function verdict(yes, word) {
    return h('span', { class: `verdict ${yes ? 'yes' : 'no'}` }, yes ? `would ${word}` : `would not ${word}`);
}

function side(one, name, pending) {
    const { json, deal } = one;
    const p = payoffOf(deal, name);
    const without = one.kind === 'no-deal';
    const paid = Math.abs(p.transfer) >= 0.5 && h('p', null, `${p.transfer > 0 ? 'receives' : 'pays'} ${signed(Math.abs(p.transfer) / 1000, 2).replace('+', '')} bn USD a year`);
    const number = without ? p.payoff : p.gain;
    const [low, high] = without ? [p.low, p.high] : [p.gain_low, p.gain_high];
    const signs = Number.isFinite(p.signs_share) ? `; signs in ${rate(p.signs_share, 0)} of draws` : '';
    const interval = Number.isFinite(low) && h('p', { class: 'note' }, `nine in ten draws: ${percent(low, 3)} to ${percent(high, 3)}${signs}`);
    const money = moneyOf(json, name, number);
    const why = keeping(json, p);
    const other = otherwise(json, p);
    return h(
        'section',
        { class: 'party', dataset: { player: name, payoff: p.payoff, gain: p.gain } },
        h('h3', null, name),
        h('p', { class: `number ${number < 0 ? 'loss' : number > 0 ? 'gain' : ''}` }, percent(number, 3), money !== null && h('span', { class: 'money' }, `${signed(money / 1000, 1)} bn USD a year`)),
        paid,
        interval,
        !without && h('p', { class: 'verdicts' }, verdict(p.signs, 'sign'), p.keeps === undefined ? pending && h('span', { class: 'note' }, 'would it keep it? …') : verdict(p.keeps, 'keep')),
        why && h('p', { class: 'note' }, why),
        other && h('p', { class: 'note' }, other),
    );
}

/** The same in one line, beside the sliders: "US +0.27 % signs, China +0.16 % signs". */
export function readoutOf(one) {
    if (one.kind === 'no-deal') return ['No deal'];
    const sides = one.json.players.map(({ name }) => {
        const p = payoffOf(one.deal, name);
        const word = p.keeps === undefined ? (p.signs ? 'signs' : 'does not sign') : p.signs && p.keeps ? 'signs, keeps' : p.signs ? 'signs, breaks it' : 'does not sign';
        return h('span', null, `${name} `, h('strong', { class: p.gain < 0 ? 'loss' : 'gain' }, percent(p.gain, 3)), ` ${word}`);
    });
    return sides;
}

/** The card. show(entry, {pending}) draws it. */
export function dealCard() {
    const element = h('section', { class: 'card deal', 'aria-label': 'The deal in hand' });
    element.show = (one, { pending = false } = {}) => {
        const without = one.kind === 'no-deal';
        const meaning = one.deal.meaning || [];
        replace(
            element,
            h('h2', null, one.label),
            h('p', { class: 'what' }, one.title),
            h('p', { class: 'basis' }, without ? 'percent of baseline income, against the world as it was' : 'gain over no deal, percent of baseline income'),
            h('div', { class: 'parties' }, one.json.players.map((player) => side(one, player.name, pending))),
            h('h3', null, 'What it means'),
            h('ul', { class: 'meaning' }, meaning.map((text) => h('li', null, text))),
        );
    };
    return element;
}
