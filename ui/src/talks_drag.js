// Dragging the deal in hand: which tariffs would bring both payoffs to where the pointer is? Payoffs are no formula of the
// place, so the answer is looked for: slopes are asked of the program once, and every answer on the way corrects them.

import { families, levelOf, payoffOf, withLevel } from './talks_game.js';

const STEP = 0.04;

/** The rate with the most trade that a player sets: what a drag moves. */
function handleOf(json, player) {
    const own = families(json).filter((family) => family.player === player && !family.isLevel);
    return own.sort((a, b) => b.trade - a.trade)[0];
}

const clamp = (family, value) => Math.min(family.high, Math.max(family.low, value));

/** u with J u = p, for two by two; null where that has no answer. */
function solve([[a, b], [c, d]], [p, q]) {
    const size = a * d - b * c;
    if (!(Math.abs(size) > 1e-6)) return null;
    return [(d * p - b * q) / size, (a * q - c * p) / size];
}

/**
 * A drag for two players of a game, or null where one of them sets no rate. ask(settings) -> answer of `talks value`;
 * onMove(settings) puts the sliders and asks; the answers on the way are told by learn(settings, deal).
 */
export function makeDrag(json, players, { ask, onMove }) {
    const handles = players.map((player) => handleOf(json, player));
    if (handles.some((one) => !one)) return null;
    let at = null; // {settings, levels, payoffs} of the last answer
    let slopes = null;
    let target = null;

    const read = (deal) => players.map((player) => payoffOf(deal, player).payoff);
    const levels = (settings) => handles.map((family) => levelOf(family, settings).value);
    const withLevels = (settings, values) => handles.reduce((next, family, k) => withLevel(family, next, Math.round(1000 * clamp(family, values[k])) / 1000), settings);

    function aim() {
        if (!slopes || !target) return;
        const way = [target[0] - at.payoffs[0], target[1] - at.payoffs[1]];
        const move = solve(slopes, way);
        if (move) onMove(withLevels(at.settings, within(at.levels.map((level, k) => level + move[k]), way)));
    }

    /** Where one rate has come to its bound, the other comes as near as it can. */
    function within(wanted, way) {
        const levelsNow = wanted.map((level, k) => clamp(handles[k], level));
        const bound = levelsNow.findIndex((level, k) => level !== wanted[k]);
        if (bound < 0) return levelsNow;
        const other = 1 - bound;
        const rest = way.map((distance, row) => distance - slopes[row][bound] * (levelsNow[bound] - at.levels[bound]));
        const column = slopes.map((row) => row[other]);
        levelsNow[other] = clamp(handles[other], at.levels[other] + (column[0] * rest[0] + column[1] * rest[1]) / (column[0] ** 2 + column[1] ** 2));
        return levelsNow;
    }

    /** Two answers nearby, one for each handle. */
    async function findSlopes(start) {
        const steps = handles.map((family, k) => (start.levels[k] + STEP <= family.high ? STEP : -STEP));
        const answers = await Promise.all(steps.map((step, k) => ask(withLevels(start.settings, start.levels.map((level, m) => (m === k ? level + step : level))))));
        const columns = answers.map((answer, k) => read(answer.deals[2]).map((payoff, row) => (payoff - start.payoffs[row]) / steps[k]));
        if (at !== start) return;
        slopes = [0, 1].map((row) => [columns[0][row], columns[1][row]]);
        aim();
    }

    return {
        /** Begins at a deal that the sliders show. */
        async start(settings, deal) {
            at = { settings, levels: levels(settings), payoffs: read(deal) };
            slopes = null;
            target = null;
            await findSlopes(at);
        },
        move(place) {
            target = place;
            aim();
        },
        /** An answer on the way: the slopes are corrected by it (Broyden). */
        learn(settings, deal) {
            if (!at || !slopes) return;
            const next = { settings, levels: levels(settings), payoffs: read(deal) };
            const step = next.levels.map((level, k) => level - at.levels[k]);
            const size = step[0] ** 2 + step[1] ** 2;
            if (size > 1e-8) {
                const error = slopes.map((row, k) => next.payoffs[k] - at.payoffs[k] - row[0] * step[0] - row[1] * step[1]);
                slopes = slopes.map((row, k) => row.map((slope, m) => slope + (error[k] * step[m]) / size));
            }
            at = next;
            aim();
        },
        end() {
            target = null;
        },
    };
}
