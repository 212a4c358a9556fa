// What the Calendar asks of the program, and the dates the reader has moved.

import { readDay } from './calendar_days.js';
import { questionOf } from './question.js';

/** Economies shown whatever is chosen, where the world has them. */
const ECONOMIES = ['USA', 'CHN', 'JPN', 'KOR', 'DEU', 'MEX', 'CAN', 'VNM'];

const VARIABLES = [
    'imports',
    'exports',
    'countries.duties',
    'output_volume',
    'real_income',
    'import_price',
    'retail_price',
    'employment',
    'purchases',
    'use',
    'goods',
    'pairs.duties',
    'stock',
    'orders',
    'decided',
    'approved',
    'backlog',
    'output_lost',
    'days_of_stock',
    'sector_volume',
    'sector_export_volume',
    'user_price',
    'producer_price',
];

/** Lengths of a path that are offered, months. */
export const LENGTHS = [12, 18, 24, 36, 60];

/** Dates moved, from the address: [{measure, date, to}], `to` a Date, or null for never. */
export function readMoves(text) {
    const moves = [];
    for (const part of (text || '').split(';')) {
        const match = /^([^=;]+)\.(announced|legal|effective|until)=(never|\d{4}-\d{2}-\d{2})$/.exec(part);
        if (match) moves.push({ measure: match[1], date: match[2], to: match[3] === 'never' ? null : readDay(match[3]), text: part });
    }
    return moves;
}

/** The key of the address for ends moved to one day. */
export function writeMoves(measures, day) {
    return measures.map((id) => `${id}.until=${day}`).join(';');
}

/** The economies of a question: the usual ones, those of the pair and the country looked at. */
export function economiesOf(state, codes) {
    const pair = (state['q.pair'] || '').split('<-');
    const asked = [...ECONOMIES, ...pair, state.country];
    return [...new Set(asked)].filter((code) => codes.includes(code));
}

/** The question of a path; without `moves` the scenario's own dates. */
export function pathQuestion(state, { variant, codes, sectors, moves = [] }) {
    const sector = sectors.includes(state['q.sector']) ? state['q.sector'] : null;
    const months = Number(state['q.months']);
    return {
        ...questionOf(state),
        variant,
        months: LENGTHS.includes(months) ? months : 18,
        countries: economiesOf(state, codes).join(','),
        sectors: sector,
        variables: VARIABLES.join(','),
        move: moves.map((move) => move.text),
    };
}
