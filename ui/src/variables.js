// What the map can show of a country, and how it is told.

import { percent, signed } from './number.js';

const change = (before, after) => (values, n) => (values[before][n] > 0 ? (values[after][n] / values[before][n] - 1) * 100 : NaN);
const plainValue = (key) => (values, n) => values[key][n];

const AGAINST = 'change against the world as it was';

/**
 * The variables: key; label; unit; basis; needs, what is asked of the program; value(values, n); show(value, digits).
 */
export const VARIABLES = [
    { key: 'real_income', label: 'Real income', unit: 'percent of baseline income', needs: ['real_income'], says: 'what a country’s income buys' },
    {
        key: 'equivalent_variation',
        label: 'Gain or loss in money',
        unit: 'billion USD',
        needs: ['equivalent_variation'],
        says: 'equivalent variation: baseline income times the change of real income',
        value: (values, n) => values.equivalent_variation[n] / 1000,
        show: (value, count) => signed(value, count),
    },
    { key: 'real_wage', label: 'Real wage', unit: 'percent', needs: ['real_wage'], says: 'wage over the consumer price index' },
    { key: 'consumer_price', label: 'Consumer prices', unit: 'percent', needs: ['consumer_price'], says: 'in units of world value added' },
    { key: 'wage', label: 'Wage', unit: 'percent', needs: ['wage'], says: 'in units of world value added' },
    {
        key: 'terms_of_trade',
        label: 'Terms of trade',
        unit: 'percent of income',
        needs: ['terms_of_trade'],
        says: 'first-order part of welfare (Caliendo and Parro 2015): an approximation',
    },
    { key: 'imports', label: 'Imports', unit: 'percent', needs: ['imports_before', 'imports'], says: 'customs value', value: change('imports_before', 'imports') },
    { key: 'exports', label: 'Exports', unit: 'percent', needs: ['exports_before', 'exports'], says: 'customs value', value: change('exports_before', 'exports') },
    {
        key: 'duties',
        label: 'Change of duty revenue',
        unit: 'billion USD',
        needs: ['duties_before', 'duties'],
        says: 'import duties collected',
        value: (values, n) => (values.duties[n] - values.duties_before[n]) / 1000,
        show: (value, count) => signed(value, count),
    },
].map((variable) => ({ basis: AGAINST, value: plainValue(variable.key), show: (value, count) => percent(value, count), ...variable }));

/** The variable of a key, or the first. */
export function variableOf(key) {
    return VARIABLES.find((variable) => variable.key === key) || VARIABLES[0];
}

/** All that the program is asked about countries: small enough to be asked at once. */
export const COUNTRY_NEEDS = [...new Set(VARIABLES.flatMap((variable) => variable.needs))];

/** A country's gain in a phrase: -0.18 % (-47.5 bn USD). */
export function gain(values, n) {
    return `${percent(values.real_income[n], 2)} (${signed(values.equivalent_variation[n] / 1000, 1)}\u00a0bn\u00a0USD)`;
}
