// Would it be kept? The patience a deal asks for, by how soon a breach shows: what verification is worth.

import { svg } from './dom.js';
import { seriesColours } from './colours.js';
import { plain } from './number.js';
import { scale, ticks } from './talks_axes.js';

const heightOf = (width) => Math.round(Math.min(320, Math.max(220, width * 0.5)));
const top = (value) => (value === 'never' ? 1 : value);

function curve(points, x, y) {
    return `M${points.map(([lag, patience]) => `${x(lag).toFixed(1)} ${y(top(patience)).toFixed(1)}`).join('L')}`;
}

const ending = (one) => one.patience_by_lag[one.patience_by_lag.length - 1];

/** Heights of the names at the curves' ends, none over another. */
function nameHeights(players, y) {
    const heights = players.map((one) => y(top(ending(one)[1])) + 4);
    const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
    order.forEach((k, rank) => {
        if (rank > 0) heights[k] = Math.max(heights[k], heights[order[rank - 1]] + 14);
    });
    return heights;
}

function lines(players, x, y, colours) {
    const heights = nameHeights(players, y);
    return players.map((one, k) => {
        const last = ending(one);
        return svg(
            'g',
            { style: { color: colours[k % colours.length] } },
            svg('path', { class: 'curve', d: curve(one.patience_by_lag, x, y) }),
            one.patience_by_lag.map(([lag, patience]) => svg('circle', { cx: x(lag).toFixed(1), cy: y(top(patience)).toFixed(1), r: 2.5 })),
            svg('text', { x: x(last[0]) + 7, y: heights[k] }, one.player),
        );
    });
}

/** The picture for a deal that was asked about; null otherwise. */
function draw(entry, width, dark) {
    const { json, deal } = entry;
    const players = deal.players.filter((one) => one.patience_by_lag);
    const height = heightOf(width);
    const box = { left: 44, right: width - 70, top: 22, bottom: height - 40 };
    const most = Math.max(...players[0].patience_by_lag.map(([lag]) => lag));
    const [x, y] = [scale([0, most], [box.left, box.right]), scale([0, 1], [box.bottom, box.top])];
    const across = ticks(0, most, (box.right - box.left) / 60).list;
    const colours = seriesColours(dark).slice(2);
    return svg(
        'svg',
        { class: 'plane keep', viewBox: `0 0 ${width} ${height}`, width, height },
        svg(
            'g',
            { class: 'axes' },
            [0, 0.25, 0.5, 0.75, 1].map((value) => svg('g', { transform: `translate(0,${y(value).toFixed(1)})` }, svg('line', { class: 'grid', x1: box.left, x2: box.right }), svg('text', { x: box.left - 7, y: 4, 'text-anchor': 'end' }, plain(value, 2)))),
            across.map((value) => svg('text', { x: x(value).toFixed(1), y: box.bottom + 17, 'text-anchor': 'middle' }, plain(value, 0))),
            svg('text', { class: 'name', x: box.right, y: box.bottom + 34, 'text-anchor': 'end' }, `${json.period}s until a breach shows →`),
            svg('text', { class: 'name', x: 4, y: 12 }, '↑ discount factor needed'),
        ),
        svg('line', { class: 'assumed-line', x1: box.left, x2: box.right, y1: y(json.discount), y2: y(json.discount) }),
        svg('text', { class: 'assumed-text', x: box.left + 4, y: y(json.discount) + 14 }, `assumed: ${json.discount} a ${json.period}`),
        svg('line', { class: 'assumed-line', x1: x(json.lag), x2: x(json.lag), y1: box.top, y2: box.bottom }),
        svg('text', { class: 'assumed-text', x: x(json.lag) + 4, y: box.top + 32 }, `assumed: ${json.lag}`),
        lines(players, x, y, colours),
    );
}

function tableOf(entry) {
    const players = entry.deal.players.filter((one) => one.patience_by_lag);
    const columns = [
        { key: 'lag', label: 'A breach shows after', unit: `${entry.json.period}s`, numeric: true, format: (value) => plain(value) },
        ...players.map((one) => ({ key: one.player, label: `${one.player} needs`, unit: `discount factor a ${entry.json.period}`, format: (value) => (value === 'never' ? 'never' : plain(value, 3)) })),
    ];
    const rows = players[0].patience_by_lag.map(([lag], k) => ({ lag, ...Object.fromEntries(players.map((one) => [one.player, one.patience_by_lag[k][1]])) }));
    return { columns, rows, caption: 'Patience needed by how soon a breach shows' };
}

/** How far a shorter lag lowers what a player needs, in a sentence. */
function sentence(entry) {
    const { json, deal } = entry;
    const half = json.lag / 2;
    const at = (one, lag) => one.patience_by_lag.find(([value]) => Math.abs(value - lag) < 1e-9);
    const texts = deal.players
        .filter((one) => one.patience_by_lag && one.breach - one.payoff > 5e-5 && at(one, half) && one.patience !== 'never')
        .map((one) => `${one.player} needs ${plain(at(one, half)[1], 2)} instead of ${plain(one.patience, 2)}`);
    if (!texts.length) return 'Nobody gains by breaking this deal, so that it needs no verification.';
    return `If a breach shows after ${plain(half, half % 1 ? 1 : 0)} instead of ${plain(json.lag, json.lag % 1 ? 1 : 0)} ${json.period}s, ${texts.join(' and ')}.`;
}

const isTested = (entry) => entry.deal.players.every((one) => Array.isArray(one.patience_by_lag) && one.patience_by_lag.some(([, value]) => value !== null));

/** As high as the picture, so that nothing jumps while a slider moves. */
function blank(width) {
    return svg('svg', { class: 'plane', viewBox: `0 0 ${width} ${heightOf(width)}`, width, height: heightOf(width), 'aria-hidden': 'true' });
}

/** What the figure shows for a deal. */
export function keepFigure(entry) {
    if (!isTested(entry)) return { draw: blank, note: entry.kind === 'no-deal' ? 'There is nothing to keep without a deal.' : 'Whether a deal is kept is worked out for packages, and for a deal of yours when you let go of a slider.', table: null };
    const { json } = entry;
    const punishment = json.punishment === 'forever' ? 'for ever' : `for ${json.punishment} ${json.period}s`;
    return {
        unit: `discount factor a ${json.period} above which the deal is kept; 1 stands for never`,
        basis: `a breach is punished ${punishment} by ${json.punished_by === 'nash' ? 'mutual best responses' : 'going back to no deal'} (assumed)`,
        note: sentence(entry),
        alt: sentence(entry),
        table: tableOf(entry),
        draw: (width, dark) => draw(entry, width, dark),
    };
}

