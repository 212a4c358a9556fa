// Every deal that is known, whoever found it, as one list: for the plane, the table and the card.

import { h } from './dom.js';
import { percent, plain, signed } from './number.js';
import { moneyOf, payoffOf } from './talks_game.js';

const KINDS = {
    'no-deal': 'without a deal',
    today: 'what stands',
    package: 'package',
    bargain: 'bargain found',
    kept: 'best deal kept',
    nash: 'mutual best responses',
    response: 'best response',
    corner: 'end of the frontier',
    yours: 'made by hand',
};

const SHORT = { 'no-deal': 'No deal', today: 'Today' };

/** A deal with where it is from: `json` is the answer it stands in, whose first deal is no deal. */
function entry(kind, deal, json, label = deal.name) {
    return { key: deal.name, kind, kindText: KINDS[kind], label, title: deal.title, deal, json };
}

function found(json, kind, pick = () => true) {
    return json ? json.deals.slice(1).filter(pick).map((deal) => entry(kind, deal, json)) : [];
}

/** All deals: `value` is the answer of today and of the deal in hand, `table` of the packages, `found` of the searches. */
export function allDeals({ value, table, found: searches }) {
    const base = table || value;
    return [
        entry('no-deal', base.deals[0], base, SHORT['no-deal']),
        entry('today', value.deals[1], value, SHORT.today),
        ...found(table, 'package'),
        ...found(searches.bargain, 'bargain'),
        ...found(searches.frontier, 'corner', (deal) => deal.name.startsWith('corner')),
        ...found(searches.sustain, 'kept', (deal) => deal.name.startsWith('best-kept')),
        ...found(searches.nash, 'nash'),
        ...found(searches['best-response'], 'response').map((one) => ({ ...one, key: `response-${one.key}`, label: `best for ${one.label}` })),
    ];
}

/** The deal in hand, made by hand. */
export function yoursOf(json) {
    return { ...entry('yours', json.deals[2], json, 'Your deal'), title: json.deals[2].title };
}

/** The frontier's points in a plane of two players. */
export function frontierOf(json, [a, b]) {
    if (!json) return [];
    return json.deals.slice(1).map((deal) => [payoffOf(deal, a).payoff, payoffOf(deal, b).payoff]);
}

/** Those points that no other beats for both. */
export function unbeaten(points) {
    return points.filter(([x, y], k) => !points.some(([p, q], m) => p >= x && q >= y && (p > x || q > y || m < k)));
}

/** A point of the plane. */
export function pointOf(one, [a, b], picked) {
    const [p, q] = [payoffOf(one.deal, a), payoffOf(one.deal, b)];
    return {
        key: one.key,
        kind: one.kind,
        label: one.label,
        title: one.title,
        picked,
        x: p.payoff,
        y: q.payoff,
        xLow: p.low,
        xHigh: p.high,
        yLow: q.low,
        yHigh: q.high,
        spoken: `${a} ${percent(p.gain, 3)}, ${b} ${percent(q.gain, 3)} over no deal`,
        entry: one,
    };
}

/** "+0.39 % (+105 bn USD a year)". */
export function gainText(json, player, gain) {
    const million = moneyOf(json, player, gain);
    return million === null ? percent(gain, 3) : `${percent(gain, 3)} (${signed(million / 1000, Math.abs(million) < 1e4 ? 1 : 0)} bn USD a year)`;
}

/** What the tip says of the points under one mark. */
export function tipOf(points, players) {
    const [first] = points;
    const { json, deal } = first.entry;
    const names = points.map((one) => h('p', { class: 'who' }, h('strong', null, one.label), one.kind === 'no-deal' || one.kind === 'today' || !one.title ? '' : ` ${one.title}`));
    const lines = players.map((player) => {
        const { payoff, gain } = payoffOf(deal, player);
        return h('p', null, first.kind === 'no-deal' ? `${player}: ${percent(payoff, 3)} of income` : `${player}: ${gainText(json, player, gain)} over no deal`);
    });
    return [...names.slice(0, 6), ...lines];
}

const orNone = (text) => (value) => (Number.isFinite(value) ? text(value) : '–');

const yesNo = (value) => (value === undefined || value === null ? '–' : h('span', { class: value ? 'gain' : 'loss' }, value ? 'yes' : 'no'));

/** The patience a player needs, in words. */
export function patienceText(value) {
    if (value === null || value === undefined) return '–';
    return value === 'never' ? 'never' : plain(value, 2);
}

function playerColumns(name, draws, paid) {
    const interval = draws
        ? [
              { key: `${name} 5 %`, label: `${name} gain, 5 %`, unit: '% of income', numeric: true, format: orNone((value) => percent(value, 3)) },
              { key: `${name} 95 %`, label: '95 %', unit: '% of income', numeric: true, format: orNone((value) => percent(value, 3)) },
              { key: `${name} share`, label: 'signs in', unit: '% of draws', numeric: true, format: orNone((value) => plain(value, 0)) },
          ]
        : [];
    return [
        { key: `${name} gain`, label: `${name} gains over no deal`, unit: '% of income', numeric: true, format: orNone((value) => h('span', { class: value < 0 ? 'loss' : value > 0 ? 'gain' : null }, percent(value, 3))) },
        { key: `${name} money`, label: 'a year', unit: 'bn USD', numeric: true, format: orNone((value) => signed(value, 1)) },
        ...interval,
        ...(paid ? [{ key: `${name} transfer`, label: 'receives', unit: 'bn USD a year', numeric: true, format: orNone((value) => signed(value, 2)) }] : []),
        { key: `${name} signs`, label: 'signs', format: (value) => yesNo(value) },
        { key: `${name} keeps`, label: 'keeps', format: (value) => yesNo(value) },
        { key: `${name} patience`, label: 'patience needed', unit: 'discount factor', format: (value) => patienceText(value) },
    ];
}

function playerCells(one, json, name) {
    const p = payoffOf(one.deal, name);
    const million = moneyOf(json, name, p.gain);
    const without = one.kind === 'no-deal';
    return {
        [`${name} gain`]: without ? null : p.gain,
        [`${name} money`]: without || million === null ? null : million / 1000,
        [`${name} transfer`]: without ? null : p.transfer / 1000,
        [`${name} 5 %`]: without ? null : p.gain_low,
        [`${name} 95 %`]: without ? null : p.gain_high,
        [`${name} share`]: Number.isFinite(p.signs_share) ? 100 * p.signs_share : null,
        [`${name} signs`]: without ? null : p.signs,
        [`${name} keeps`]: p.keeps,
        [`${name} patience`]: p.patience,
    };
}

/** The sum of what everybody outside gains over no deal, billion USD a year. */
export function outsideSum({ deal, json }) {
    const inside = new Set(json.players.flatMap((one) => one.members));
    const base = json.deals[0].equivalent_variation;
    const codes = Object.keys(base).filter((code) => !inside.has(code));
    return codes.reduce((sum, code) => sum + deal.equivalent_variation[code] - base[code], 0) / 1000;
}

/** Columns and rows of the table of deals. */
export function dealTable(entries, players, draws) {
    const paid = entries.some((one) => one.deal.players.some((p) => Math.abs(p.transfer) >= 0.5));
    const columns = [
        { key: 'label', label: 'Deal' },
        ...players.flatMap((name) => playerColumns(name, draws, paid)),
        { key: 'outside', label: 'Everybody else over no deal', unit: 'bn USD a year', numeric: true, format: orNone((value) => signed(value, 1)) },
        { key: 'kind', label: 'Kind' },
        { key: 'title', label: 'What it is', format: (value) => h('span', { class: 'long' }, value) },
    ];
    const rows = entries.map((one) => ({
        key: one.key,
        label: one.label,
        kind: one.kindText,
        title: one.title,
        outside: one.kind === 'no-deal' ? null : outsideSum(one),
        ...Object.assign({}, ...players.map((name) => playerCells(one, one.json, name))),
    }));
    return { columns, rows };
}
